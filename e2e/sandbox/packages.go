package sandbox

import "slices"

// packages are the Debian packages that a cluster needs, by a command of each.
func packages() map[string]string {
	return map[string]string{
		"ip":        "iproute2",
		"nft":       "nftables",
		"iptables":  "iptables",
		"conntrack": "conntrack",
		"nsenter":   "util-linux",
		"haproxy":   "haproxy", // what the relay's pods run
	}
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}
