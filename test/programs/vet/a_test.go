package vet

import "testing"

func Testlower(t *testing.T) { t.Errorf("%d", "x") }
func TestUp(t *testing.T)    {}
func ExampleFoo()            {}
func ExampleT_bar()          {}
func ExampleT_Bar()          {}
func Example_Bar()           {}
