# METADATA
# title: Principals
# description: What may be said of a principal. Each is a positive statement, so that a missing fact makes it untrue.
package lib.principals

# METADATA
# description: An account of this organisation that is in use.
active(principal) if {
	principal.kind in {"person", "contractor", "service"}
	principal.active == true
}

# METADATA
# description: A human of this organisation who signs in as themselves; services, Slack guests and strangers are not.
human(principal) if {
	active(principal)
	principal.kind in {"person", "contractor"}
	principal.guest == false
}

# METADATA
# description: Holds at least one of these roles.
holds_any(principal, roles) if {
	some role in roles
	role in principal.roles
}

# METADATA
# description: Two principals that are known not to be one.
distinct(one, other) if {
	is_string(one.id)
	is_string(other.id)
	one.id != other.id
}

# METADATA
# description: One principal, known by its id.
same(one, other) if {
	is_string(one.id)
	one.id == other.id
}
