package elevation

import data.lib.principals
import data.lib.windows

# METADATA
# description: >-
#   The windows that cover what is asked for, for oneself and at once: open, with a use left, and long enough open for the
#   whole of it.
covering contains window if {
	input.action == "request"
	some window in input.windows
	window.state == "open"
	is_number(window.uses_left)
	window.uses_left >= 1
	input.now_ms + (input.duration_minutes * 60000) <= window.ends_ms
	_covers(window)
}

# METADATA
# description: Of several the one that ends first, so that none is kept for long.
covering_window := window if {
	[_, number] := sort([[one.ends_ms, one.number] | some one in covering])[0]
	some window in covering
	window.number == number
}

# METADATA
# description: It was let through by a window, whatever became of that.
by_window if count(input.windows) > 0

# METADATA
# description: The window that let this through is still one that would.
window_stands if {
	input.action == "execute"
	some window in input.windows
	window.used_here == true
	window.state in {"open", "used_up"}
	input.now_ms < window.ends_ms
	_covers(window)
}

_covers(window) if {
	windows.allowed_on(input.system)
	windows.ordinary(input.system)
	windows.harmless(input.scope)
	input.start_ms == null
	window.system == input.system.id
	some scope in window.scopes
	scope.id == input.scope.id
	scope.privileges == input.scope.privileges
	input.duration_minutes <= window.longest_minutes
	is_number(window.starts_ms)
	window.starts_ms <= input.now_ms
	is_number(window.ends_ms)
	is_number(window.longest_minutes)
	principals.same(input.requester, input.subject)
	input.subject.id in window.people
	not input.subject.id in {person | some person in window.barred}
	filled(_vouching(window))
}

# Who countersigned the window and would still be asked for this access. Nobody approves what is theirs, in a window either.
_vouching(window) := {vote.principal |
	is_array(window.barred)
	some vote in window.votes
	vote.verdict == "approve"
	vote.seal_matches == true
	may_approve(vote.principal)
	principals.distinct(vote.principal, {"id": window.requester})
	not vote.principal.id in window.people
	not vote.principal.id in window.barred
}
