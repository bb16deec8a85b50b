// Package arch holds the shape of the program to its design: which package may
// import which, which stages must stay pure, and which modules may be depended
// on. It consists of tests.
package arch
