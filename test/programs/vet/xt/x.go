package xt
