package window

import data.lib.principals
import data.lib.stages as staging
import data.lib.windows

# METADATA
# description: The account that does this is in use.
actor_active if principals.active(input.actor)

# METADATA
# description: The one who does this is a person of this organisation.
actor_human if principals.human(input.actor)

# METADATA
# description: The one who does this is the one who asked.
actor_is_requester if principals.same(input.actor, input.requester)

# METADATA
# description: The one who does this is not the one who asked.
actor_did_not_ask if principals.distinct(input.actor, input.requester)

# METADATA
# description: The one who does this would not be let in by it.
actor_gains_nothing if _not_named(input.actor)

_not_named(principal) if {
	is_string(principal.id)
	is_array(input.people)
	not principal.id in {person.id | some person in input.people}
}

# METADATA
# description: The one who does this decides in one of the stages.
actor_approves_here if {
	some stage in stages
	principals.holds_any(input.actor, stage.roles)
}

# METADATA
# description: A yes comes from those whose turn it is, a no from any of them.
actor_in_turn if input.verdict == "deny"

actor_in_turn if principals.holds_any(input.actor, stages[staging.current(stages, approving)].roles)

# Nobody is left to wait for: one more yes than policy asks for by now is no harm, and what waits for it goes on.
actor_in_turn if staging.filled(stages, approving, staging.all_of(stages))

# METADATA
# description: Who asked, who approves there and who keeps security may close a window. It only takes away.
actor_may_close if actor_is_requester

actor_may_close if actor_approves_here

actor_may_close if principals.holds_any(input.actor, input.system.approver_roles)

actor_may_close if principals.holds_any(input.actor, {"security"})

# METADATA
# description: The system is one of the organisation's.
system_known if {
	is_string(input.system.id)
	is_string(input.system.category)
}

# METADATA
# description: The scopes are the system's and give something.
scopes_known if {
	count(input.scopes) > 0
	every scope in input.scopes {
		is_string(scope.id)
		count(scope.privileges) > 0
	}
}

# METADATA
# description: The organisation lets windows be asked for on this system. As shipped it does so on none.
windows_allowed if windows.allowed_on(input.system)

# METADATA
# description: A system that a window may be for.
system_ordinary if windows.ordinary(input.system)

# METADATA
# description: Scopes that a window may be for.
scopes_harmless if {
	every scope in input.scopes {
		windows.harmless(scope)
	}
}

# METADATA
# description: The same people decide on each scope.
decided_alike if count({scope.stages | some scope in input.scopes}) == 1

# METADATA
# description: The one who asks holds a role that may ask for this system or approves there.
requester_eligible if principals.holds_any(input.requester, input.system.requester_roles)

requester_eligible if principals.holds_any(input.requester, input.system.approver_roles)

# METADATA
# description: Somebody is named, and not everybody.
people_named if {
	count(input.people) >= 1
	count(input.people) <= 20
}

# METADATA
# description: Everyone named is a person here whose roles may ask for this system.
people_eligible if {
	every person in input.people {
		principals.human(person)
		principals.holds_any(person, input.system.requester_roles)
	}
}

# METADATA
# description: A whole number of uses, within what the system allows.
uses_count if {
	is_number(input.uses)
	input.uses >= 1
	floor(input.uses) == input.uses
	input.uses <= input.system.windows.maximum_uses
	input.uses <= 100
}

# METADATA
# description: A whole number of minutes a use, within what system and scopes allow.
minutes_count if {
	is_number(input.longest_minutes)
	input.longest_minutes >= 1
	floor(input.longest_minutes) == input.longest_minutes
	input.longest_minutes <= input.system.maximum_minutes
	every scope in input.scopes {
		input.longest_minutes <= scope.maximum_minutes
	}
}

_day_ms := (24 * 3600) * 1000

# METADATA
# description: It opens now or within 14 days.
start_near if {
	is_number(input.starts_ms)
	input.starts_ms <= input.now_ms + (14 * _day_ms)
}

# METADATA
# description: It is open for some time, and its end lies ahead.
end_ahead if {
	is_number(input.ends_ms)
	input.ends_ms > input.starts_ms
	input.ends_ms > input.now_ms
}

# METADATA
# description: No longer than the system allows, and never longer than 30 days.
end_near if {
	is_number(input.ends_ms)
	input.ends_ms <= input.starts_ms + (maximum_days * _day_ms)
}

# METADATA
# description: The longest a window on this system is open, in days.
maximum_days := min([input.system.windows.maximum_days, 30])

# METADATA
# description: What to do about a window that is open too long.
default end_sooner := "Let the window end sooner."

end_sooner := concat("", ["A window on this system is open for at most ", format_int(maximum_days, 10), " days. Let it end sooner."])

# METADATA
# description: What to do about a number of uses.
default fewer_uses := "Give a whole number of uses, at least 1."

fewer_uses := concat("", [
	"Give a whole number of uses, from 1 to ",
	format_int(min([input.system.windows.maximum_uses, 100]), 10),
	".",
])

# METADATA
# description: The reason says something, and not a novel.
reason_counts if {
	input.reason_length >= 10
	input.reason_length <= 2000
}

# METADATA
# description: A ticket is named, or none is wanted.
ticket_named if input.system.ticket == "optional"

ticket_named if is_string(input.ticket.status)

# METADATA
# description: The tracker says that the ticket is open, where the system wants that.
ticket_good if input.system.ticket in {"optional", "required"}

ticket_good if input.ticket.status == "open"

# METADATA
# description: How many must countersign, as for one access there.
needed := max([input.system.required_approvals, staging.asked(input.scopes[0])]) if input.system.required_approvals >= 1

# METADATA
# description: The stages of this decision, in turn.
stages := staging.in_turn(input.system, input.scopes[0], needed)

# METADATA
# description: A person with an approver role who neither asked nor is named.
may_approve(principal) if {
	principals.human(principal)
	principals.distinct(principal, input.requester)
	_not_named(principal)
	some stage in stages
	principals.holds_any(principal, stage.roles)
}

# METADATA
# description: Who may countersign this.
candidates contains principal if {
	some principal in input.candidates
	may_approve(principal)
}

# METADATA
# description: The window can be countersigned at all.
enough_approvers if staging.filled(stages, candidates, staging.all_of(stages))

# METADATA
# description: Distinct people as they are now, on the terms as they stand.
approving contains vote.principal if {
	some vote in input.request.votes
	vote.verdict == "approve"
	vote.seal_matches == true
	may_approve(vote.principal)
}
