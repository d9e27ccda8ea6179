package elevation

# METADATA
# title: elevation.conflicting_duties
# description: Two things that no one person may have together, standing or granted. The message names both.
denials contains {"rule": "elevation.conflicting_duties", "message": message} if {
	_asked_of_a_system
	not duties_apart
	some message in _clashes_said
}

# METADATA
# description: What the subject holds is known, and nothing of it conflicts with what is asked for.
duties_apart if {
	_held_known
	count(_clashes) == 0
}

_clashes contains clash if {
	some conflict in input.duties.conflicts
	some index, wanted in conflict.between
	wanted.id == input.duties.wanted
	other := conflict.between[1 - index]
	other.id in input.duties.held
	clash := {"title": conflict.title, "wanted": wanted.title, "held": other.title}
}

_clashes_said contains concat("", [clash.wanted, " does not go with ", clash.held, ", which they have: ", clash.title, "."]) if {
	some clash in _clashes
}

_clashes_said contains "What this person has already is not known, so it cannot be compared." if {
	not _held_known
}

_held_known if is_array(input.duties.held)
