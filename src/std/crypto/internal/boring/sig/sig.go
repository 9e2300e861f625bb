// Package sig marks executables of other ports by machine code. There is none here to mark.
package sig

func BoringCrypto() {}

func FIPSOnly() {}

func StandardCrypto() {}
