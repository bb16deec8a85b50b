module github.com/rehome-dev/rehome

go 1.26.0
