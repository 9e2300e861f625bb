package xt_test

import "testing"

func TestA(t *testing.T) { t.Logf("%d", "x") }
