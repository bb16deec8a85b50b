//go:build !linux

package main

// exchange exchanges two directories.
func exchange(staged, target string) error { return exchangeInTwo(staged, target) }
