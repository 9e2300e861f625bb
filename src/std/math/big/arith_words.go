// Vectors of words: the functions that other ports write in assembly are the portable ones.
package big

func addVV(z, x, y []Word) Word { return addVV_g(z, x, y) }

func subVV(z, x, y []Word) Word { return subVV_g(z, x, y) }

func lshVU(z, x []Word, s uint) Word { return lshVU_g(z, x, s) }

func rshVU(z, x []Word, s uint) Word { return rshVU_g(z, x, s) }

func mulAddVWW(z, x []Word, y, r Word) Word { return mulAddVWW_g(z, x, y, r) }

func addMulVVWW(z, x, y []Word, m, a Word) Word { return addMulVVWW_g(z, x, y, m, a) }
