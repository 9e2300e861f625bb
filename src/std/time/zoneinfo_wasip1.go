// Time zones come from the files of the machine, where it has any, as on Unix.
package time

import "syscall"

var platformZoneSources = []string{"/usr/share/zoneinfo/", "/usr/share/lib/zoneinfo/", "/etc/zoneinfo"}

// initLocal follows $TZ: unset means /etc/localtime, empty UTC, and anything else a file or a zone's name, perhaps after a colon.
func initLocal() {
	name, set := syscall.Getenv("TZ")
	if name != "" && name[0] == ':' {
		name = name[1:]
	}
	localName, sources := name, platformZoneSources
	switch {
	case !set:
		name, localName, sources = "/etc/localtime", "Local", []string{""}
	case name == "/etc/localtime":
		localName, sources = "Local", []string{""}
	case name != "" && name[0] == '/':
		sources = []string{""}
	}
	if name != "" && name != "UTC" {
		if z, err := loadLocation(name, sources); err == nil {
			localLoc = *z
			localLoc.name = localName
			return
		}
	}
	localLoc.name = "UTC"
}
