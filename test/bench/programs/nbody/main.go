// Floating point over a small array of structs: the planets' orbits, symplectic integrator.
package main

import (
	"math"
	"time"
)

type body struct{ x, y, z, vx, vy, vz, mass float64 }

const (
	solarMass   = 4 * math.Pi * math.Pi
	daysPerYear = 365.24
)

type system []body

func planets() system {
	s := system{
		{mass: solarMass},
		{4.84143144246472082945e+00, -1.16032004402742839362e+00, -1.03622044471123109494e-01,
			1.66007664274403694959e-03 * daysPerYear, 7.69901118419740425080e-03 * daysPerYear, -6.90460016972063023554e-05 * daysPerYear, 9.54791938424326609124e-04 * solarMass},
		{8.34336671824457987790e+00, 4.12479856412430479268e+00, -4.03523417114321381053e-01,
			-2.76742510726411111151e-03 * daysPerYear, 4.99852801234917238954e-03 * daysPerYear, 2.30417297573763929463e-05 * daysPerYear, 2.85885980666130812119e-04 * solarMass},
		{1.28943695621391310184e+01, -1.51111514016986312525e+01, -2.23307578892655734398e-01,
			2.96460137564761618652e-03 * daysPerYear, 2.37847173959480950187e-03 * daysPerYear, -2.96589568540237556131e-05 * daysPerYear, 4.36624404335156298062e-05 * solarMass},
		{1.53796971148509165498e+01, -2.59193146099879641146e+01, 1.79258772950371181757e-01,
			2.68067772490389322511e-03 * daysPerYear, 1.62824170038242295431e-03 * daysPerYear, -9.51592254519715870971e-05 * daysPerYear, 5.15138902046611451304e-05 * solarMass},
	}
	var px, py, pz float64
	for i := range s {
		px += s[i].vx * s[i].mass
		py += s[i].vy * s[i].mass
		pz += s[i].vz * s[i].mass
	}
	s[0].vx, s[0].vy, s[0].vz = -px/solarMass, -py/solarMass, -pz/solarMass
	return s
}

func (s system) energy() float64 {
	var e float64
	for i := range s {
		b := &s[i]
		e += 0.5 * b.mass * (b.vx*b.vx + b.vy*b.vy + b.vz*b.vz)
		for j := i + 1; j < len(s); j++ {
			c := &s[j]
			dx, dy, dz := b.x-c.x, b.y-c.y, b.z-c.z
			e -= b.mass * c.mass / math.Sqrt(dx*dx+dy*dy+dz*dz)
		}
	}
	return e
}

func (s system) advance(dt float64) {
	for i := range s {
		b := &s[i]
		for j := i + 1; j < len(s); j++ {
			c := &s[j]
			dx, dy, dz := b.x-c.x, b.y-c.y, b.z-c.z
			d2 := dx*dx + dy*dy + dz*dz
			mag := dt / (d2 * math.Sqrt(d2))
			b.vx -= dx * c.mass * mag
			b.vy -= dy * c.mass * mag
			b.vz -= dz * c.mass * mag
			c.vx += dx * b.mass * mag
			c.vy += dy * b.mass * mag
			c.vz += dz * b.mass * mag
		}
	}
	for i := range s {
		b := &s[i]
		b.x += dt * b.vx
		b.y += dt * b.vy
		b.z += dt * b.vz
	}
}

func main() {
	s := planets()
	for range 100_000 {
		s.advance(0.01)
	}
	start := time.Now()
	for range 5_000_000 {
		s.advance(0.01)
	}
	println("ns", time.Since(start).Nanoseconds(), "check", int(s.energy()*1e9))
}
