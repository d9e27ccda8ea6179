# METADATA
# title: Window
# description: >-
#   Who may ask for, countersign and close a window: named people are let in so many times without asking again. A refusal
#   negates a named statement of facts.rego and nothing else, since `not f(input.x)` is silent where input.x is missing.
package window

import data.lib.stages as staging

# METADATA
# title: window.nothing_applies
# description: No rule allows this. Ask security if it should be possible.
default decision := {
	"effect": "deny",
	"reasons": [{
		"rule": "window.nothing_applies",
		"message": "No rule allows this. Ask security if it should be possible.",
	}],
	"approvers": null,
	"obligations": [],
}

# METADATA
# title: Decision
# description: A block beats a denial, a denial beats everything else.
# entrypoint: true
decision := {
	"effect": "block",
	"reasons": sort(blocks),
	"approvers": null,
	"obligations": [{"kind": "alert", "role": "security"}],
} if {
	count(blocks) > 0
} else := {
	"effect": "deny",
	"reasons": sort(denials),
	"approvers": null,
	"obligations": [],
} if {
	count(denials) > 0
} else := {
	"effect": "require_hitl",
	"reasons": [{"rule": "window.countersign", "message": "Somebody who gains nothing by it has to countersign this."}],
	"approvers": {
		"needed": needed,
		"principals": sort({principal.id | some principal in candidates}),
		"stages": staging.with_people(stages, candidates),
	},
	"obligations": [],
} if {
	input.action == "request"
} else := {
	"effect": "allow",
	"reasons": [{"rule": concat("", ["window.", input.action]), "message": _permissions[input.action]}],
	"approvers": null,
	"obligations": [],
}

_permissions := {
	"vote": "You may decide on this window.",
	"close": "You may close this window.",
}

# METADATA
# title: window.inactive_actor
# description: This account is not active here. Ask your manager if that is wrong.
blocks contains _reason(rego.metadata.rule()) if not actor_active

# METADATA
# title: window.not_human
# description: Services and guests neither get nor decide on windows. Ask one of the approvers.
blocks contains _reason(rego.metadata.rule()) if {
	input.action in {"request", "vote"}
	actor_active
	not actor_human
}

# What it is for: asked again of whoever says yes, with the facts of that moment.

# METADATA
# title: window.system_unknown
# description: There is no such system here. Choose one of those you are offered.
denials contains _reason(rego.metadata.rule()) if {
	_beginning
	not system_known
}

# METADATA
# title: window.scope_unknown
# description: This system has no such scope. Choose one of those it offers.
denials contains _reason(rego.metadata.rule()) if {
	_begins_on_a_system
	not scopes_known
}

# METADATA
# title: window.not_enabled
# description: Nobody gets in here without being asked each time. The system's owner can allow windows with `windows` in `policies/systems/`.
denials contains _reason(rego.metadata.rule()) if {
	_begins_on_a_system
	not windows_allowed
}

# METADATA
# title: window.never_here
# description: Customer data, billing and deployments are approved one by one. Ask for the access when you need it.
denials contains _reason(rego.metadata.rule()) if {
	_begins_on_a_system
	not system_ordinary
}

# METADATA
# title: window.never_such_scopes
# description: What cannot be undone, or deploys something, is approved one by one. Leave that scope out.
denials contains _reason(rego.metadata.rule()) if {
	_begins_on_a_system
	scopes_known
	not scopes_harmless
}

# METADATA
# title: window.scopes_differ
# description: Different people decide on these scopes. Ask for a window for each.
denials contains _reason(rego.metadata.rule()) if {
	_begins_on_a_system
	scopes_known
	not decided_alike
}

# METADATA
# title: window.requester_not_eligible
# description: Your roles do not reach this system. Ask its owner team to ask for the window.
denials contains _reason(rego.metadata.rule()) if {
	_begins_on_a_system
	not requester_eligible
}

# METADATA
# title: window.people_number
# description: Name who may use it, 1 to 20 people.
denials contains _reason(rego.metadata.rule()) if {
	_begins_on_a_system
	not people_named
}

# METADATA
# title: window.people_not_eligible
# description: Name only active people whose roles may ask for this system.
denials contains _reason(rego.metadata.rule()) if {
	_begins_on_a_system
	not people_eligible
}

# METADATA
# title: window.uses_number
# description: Too many uses, or none. The message names the most there are.
denials contains {"rule": "window.uses_number", "message": fewer_uses} if {
	_begins_on_a_system
	windows_allowed
	not uses_count
}

# METADATA
# title: window.minutes_number
# description: Give whole minutes a use, at least 1 and at most what the system and each scope allow.
denials contains _reason(rego.metadata.rule()) if {
	_begins_on_a_system
	scopes_known
	not minutes_count
}

# METADATA
# title: window.end_past
# description: Let the window end after it begins, and later than now.
denials contains _reason(rego.metadata.rule()) if {
	_begins_on_a_system
	not end_ahead
}

# METADATA
# title: window.end_far
# description: It would be open for longer than the system allows. The message names the most there is.
denials contains {"rule": "window.end_far", "message": end_sooner} if {
	_begins_on_a_system
	windows_allowed
	not end_near
}

# METADATA
# title: window.start_far
# description: Choose a beginning within the next 14 days.
denials contains _reason(rego.metadata.rule()) if {
	_begins_on_a_system
	not start_near
}

# METADATA
# title: window.reason_length
# description: Give a reason of 10 to 2000 characters that says what the window is for.
denials contains _reason(rego.metadata.rule()) if {
	_begins_on_a_system
	not reason_counts
}

# METADATA
# title: window.ticket_missing
# description: This system wants a ticket. Press More Options and name the one this is for.
denials contains _reason(rego.metadata.rule()) if {
	_begins_on_a_system
	not ticket_named
}

# METADATA
# title: window.ticket_not_open
# description: >-
#   This system wants a ticket that is open, and its tracker does not say so of this one. Check the ticket, then ask again.
denials contains _reason(rego.metadata.rule()) if {
	_begins_on_a_system
	ticket_named
	not ticket_good
}

# METADATA
# title: window.too_few_approvers
# description: Too few people who would not gain by it may approve this. Name fewer people, or ask the owner team for more approvers.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "request"
	system_known
	scopes_known
	not enough_approvers
}

# Who decides (rule 4).

# METADATA
# title: window.requester_votes
# description: You asked for this window, so somebody else has to decide on it.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "vote"
	not actor_did_not_ask
}

# METADATA
# title: window.named_one_votes
# description: This window would let you in, so somebody else has to decide on it.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "vote"
	not actor_gains_nothing
}

# METADATA
# title: window.not_an_approver
# description: You do not hold an approver role of this system. Leave it to those who do.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "vote"
	not actor_approves_here
}

# METADATA
# title: window.not_your_turn
# description: Others decide on this before you. You are asked when they have.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "vote"
	actor_approves_here
	not actor_in_turn
}

# METADATA
# title: window.not_yours_to_close
# description: Only who asked, the system's approvers and security can close this window. Tell one of them.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "close"
	not actor_may_close
}

# A no waits for nothing: what it is for may have changed since.
_beginning if input.action == "request"

_beginning if {
	input.action == "vote"
	not _says_no
}

_says_no if input.verdict == "deny"

# Where there is no system that alone is said, since nothing else can be.
_begins_on_a_system if {
	_beginning
	system_known
}

_reason(rule) := {"rule": rule.title, "message": rule.description}
