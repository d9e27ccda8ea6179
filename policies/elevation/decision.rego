# METADATA
# title: Elevation
# description: >-
#   Who may ask for, countersign, see and end access to a system for a limited time. A refusal negates a named statement of
#   facts.rego and nothing else, since `not f(input.x)` is silent where input.x is missing.
package elevation

# METADATA
# title: elevation.nothing_applies
# description: No rule allows this. Ask security if it should be possible.
default decision := {
	"effect": "deny",
	"reasons": [{
		"rule": "elevation.nothing_applies",
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
	"effect": "allow",
	"reasons": [{"rule": "elevation.window", "message": "A window that others countersigned covers this."}],
	"approvers": null,
	"obligations": [{"kind": "use_window", "window": covering_window.id, "approvals": needed}],
} if {
	input.action == "request"
} else := {
	"effect": "require_hitl",
	"reasons": array.concat(
		[{"rule": "elevation.countersign", "message": "Somebody else has to countersign this."}],
		sort(raises),
	),
	"approvers": {"needed": needed, "principals": sort({principal.id | some principal in candidates}), "stages": staged_approvers},
	"obligations": [],
} if {
	input.action in _askings
} else := {
	"effect": "allow",
	"reasons": [{"rule": "elevation.remind", "message": "These people may decide on this request now."}],
	"approvers": null,
	"obligations": [{"kind": "remind", "stages": staged_approvers}],
} if {
	input.action == "remind"
} else := {
	"effect": "allow",
	"reasons": [{"rule": concat("", ["elevation.", input.action]), "message": _permissions[input.action]}],
	"approvers": null,
	"obligations": [],
}

_permissions := {
	"vote": "You may decide on this request.",
	"execute": "Enough people who may approve have approved.",
	"reveal": "The access is yours and in force.",
	"end": "You may end this access.",
	"cancel": "You may cancel this request.",
	"follow": "You may see what became of this request.",
	"answer": "You may answer for this request.",
}

# What an account that must not act, or must not come near, tries: refused, and security is told.

# METADATA
# title: elevation.inactive_actor
# description: This account is not active here. Ask your manager if that is wrong.
blocks contains _reason(rego.metadata.rule()) if {
	input.action != "execute"
	input.action != "remind"
	not actor_active
}

# METADATA
# title: elevation.not_human_votes
# description: Services and guests cannot decide on requests. Ask one of the approvers.
blocks contains _reason(rego.metadata.rule()) if {
	input.action == "vote"
	actor_active
	not actor_human
}

# METADATA
# title: elevation.contractor_customer_data
# description: Contractors cannot have access to customer data. Ask an employee to do this.
blocks contains _reason(rego.metadata.rule()) if {
	_asked_of_a_system
	not contractors_stay_out
}

# What is asked for. Asked again when the votes are in, with the facts of that moment.

# METADATA
# title: elevation.system_unknown
# description: There is no such system here. Choose one of those you are offered.
denials contains _reason(rego.metadata.rule()) if {
	input.action in _beginnings
	not system_known
}

# METADATA
# title: elevation.requester_inactive
# description: The account that asked is no longer active. Ask again from one that is.
denials contains _reason(rego.metadata.rule()) if {
	_asked_of_a_system
	not requester_active
}

# METADATA
# title: elevation.subject_inactive
# description: The account this is for is not active. Ask for one that is.
denials contains _reason(rego.metadata.rule()) if {
	_asked_of_a_system
	not subject_active
}

# METADATA
# title: elevation.requester_not_eligible
# description: Your roles do not let you ask for this system. Ask its owner team for a role that does.
denials contains _reason(rego.metadata.rule()) if {
	_asked_of_a_system
	not requester_eligible
}

# METADATA
# title: elevation.subject_not_eligible
# description: The roles of the person this is for do not reach this system. Ask its owner team.
denials contains _reason(rego.metadata.rule()) if {
	_asked_of_a_system
	not asked_for_oneself
	not subject_eligible
}

# METADATA
# title: elevation.no_account_there
# description: The person this is for has no account at that system. Ask its owner team to add one to `policies/people/`.
denials contains _reason(rego.metadata.rule()) if {
	_asked_of_a_system
	not subject_reachable
}

# METADATA
# title: elevation.scope_unknown
# description: This system has no such scope. Choose one of those it offers.
denials contains _reason(rego.metadata.rule()) if {
	_asked_of_a_system
	not scope_known
}

# METADATA
# title: elevation.duration_short
# description: Ask for a whole number of minutes, at least 1.
denials contains _reason(rego.metadata.rule()) if {
	_asked_of_a_system
	not duration_counts
}

# METADATA
# title: elevation.duration_long
# description: Longer than the system or the scope allows. The message names the most there is.
denials contains {"rule": "elevation.duration_long", "message": ask_for_less} if {
	_asked_of_a_system
	scope_known
	not duration_allowed
}

# METADATA
# title: elevation.outlasts_subject
# description: Longer than the person this is for is here, by their statement of work. The message says how long fits.
denials contains {"rule": "elevation.outlasts_subject", "message": ask_for_what_is_left} if {
	_asked_of_a_system
	not subject_stays
}

denials contains {"rule": "elevation.outlasts_subject", "message": ask_for_what_is_left} if {
	_a_yes
	not subject_stays
}

# METADATA
# title: elevation.reason_length
# description: Give a reason of 10 to 2000 characters that says what the access is for.
denials contains _reason(rego.metadata.rule()) if {
	_asked_of_a_system
	not reason_counts
}

# METADATA
# title: elevation.too_few_approvers
# description: Too few people besides you may approve this. Ask the system's owner team to name more approvers.
denials contains _reason(rego.metadata.rule()) if {
	_asked_of_a_system
	input.action in _askings
	scope_known
	not enough_approvers
}

# METADATA
# title: elevation.start_past
# description: Choose a start that lies ahead, or none to begin once approved.
denials contains _reason(rego.metadata.rule()) if {
	_asked_of_a_system
	input.action in _askings
	not start_ahead
}

# METADATA
# title: elevation.start_far
# description: Choose a start within the next 14 days.
denials contains _reason(rego.metadata.rule()) if {
	_asked_of_a_system
	input.action in _askings
	not start_near
}

# METADATA
# title: elevation.ticket_missing
# description: This system wants a ticket. Name the one this is for.
denials contains _reason(rego.metadata.rule()) if {
	_asked_of_a_system
	not ticket_named
}

# METADATA
# title: elevation.ticket_not_open
# description: >-
#   This system wants a ticket that is open, and its tracker does not say so of this one. Check the ticket, then ask again.
denials contains _reason(rego.metadata.rule()) if {
	_asked_of_a_system
	ticket_named
	not ticket_good
}

# METADATA
# title: elevation.duplicate
# description: The very same for the same person waits already. The message names it.
denials contains {"rule": "elevation.duplicate", "message": beside_which} if {
	_asked_of_a_system
	input.action in _askings
	not nothing_unseen_waits
}

# METADATA
# title: elevation.too_many_waiting
# description: You have 10 requests waiting. Cancel one or wait for an answer before you ask for more.
denials contains _reason(rego.metadata.rule()) if {
	_asked_of_a_system
	input.action == "request"
	not few_waiting
}

# Editing: the same questions, of somebody who may change the request.

# METADATA
# title: elevation.not_yours_to_edit
# description: Only the person who asked can edit this. An approver can deny it and say what is wrong.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "edit"
	not actor_is_requester
}

# METADATA
# title: elevation.edited_often
# description: This was edited 10 times. Cancel it and ask anew.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "edit"
	not edits_left
}

# METADATA
# title: elevation.change_unresolved
# description: What is deployed is not known whole, with everyone who had a part in it. The message says what is missing.
denials contains {"rule": "elevation.change_unresolved", "message": change_says} if {
	_asked_of_a_system
	scope_known
	not change_known
}

denials contains {"rule": "elevation.change_unresolved", "message": change_says} if {
	input.action == "vote"
	scope_known
	not change_known
}

# Who decides (rule 4): checked when the vote is cast and again when the votes are counted.

# METADATA
# title: elevation.requester_votes
# description: You asked for this access, so somebody else has to decide on it.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "vote"
	not actor_did_not_ask
}

# METADATA
# title: elevation.subject_votes
# description: This access would be yours, so somebody else has to decide on it.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "vote"
	not actor_gains_nothing
}

# METADATA
# title: elevation.author_votes
# description: You had a part in this change, so somebody else has to approve its deployment.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "vote"
	scope_known
	not actor_had_no_part
}

# METADATA
# title: elevation.not_an_approver
# description: You do not hold an approver role of this system. Leave it to those who do.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "vote"
	not actor_approves_here
}

# METADATA
# title: elevation.not_your_turn
# description: Others decide on this before you. You are asked when they have.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "vote"
	actor_approves_here
	not actor_in_turn
}

# METADATA
# title: elevation.start_missed
# description: >-
#   This was to begin more than 15 minutes ago. Whoever asked can edit it with a later start; until then it can only be
#   denied.
denials contains _reason(rego.metadata.rule()) if {
	_a_yes
	not start_kept
}

# METADATA
# title: elevation.denied
# description: One of the approvers denied this. Ask them what would make it acceptable, then ask again.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "execute"
	not nobody_denies
}

# METADATA
# title: elevation.votes_missing
# description: Too few people who may approve this have approved what is asked for now.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "execute"
	not by_window
	not enough_votes
}

# METADATA
# title: elevation.window_gone
# description: The window that let this through does not any more. Ask again, and people will be asked.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "execute"
	by_window
	not enough_votes
}

# Living with it.

# METADATA
# title: elevation.not_yours_to_see
# description: Only the person this access is for can see its credential.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "reveal"
	not actor_is_subject
}

# METADATA
# title: elevation.not_in_force
# description: This access is not in force. Ask for a new one if you still need it.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "reveal"
	not in_force
}

# METADATA
# title: elevation.not_yours_to_follow
# description: Only the people of this request, the system's approvers, security and auditors see its story.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "follow"
	not actor_may_follow
}

# METADATA
# title: elevation.not_yours_to_end
# description: Only the people of this access, the system's approvers and security can end it. Tell one of them.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "end"
	not actor_may_end
}

# METADATA
# title: elevation.not_yours_to_answer
# description: The question is for whoever asked or gets the access.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "answer"
	not actor_may_cancel
}

# METADATA
# title: elevation.not_yours_to_cancel
# description: Only who asked or gets the access can cancel this. An approver can deny it.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "cancel"
	not actor_may_cancel
}

# The actions that put terms before those who decide.
_askings := {"request", "edit"}

# The actions that begin an access. Nobody acts in `execute`, nor in `remind`: a worker asks again about what people did.
_beginnings := {"request", "edit", "execute"}

# METADATA
# title: elevation.not_begun
# description: The access is scheduled for later.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "execute"
	not start_reached
}

# Whatever does not say that it is no yes counts as one.
_a_yes if {
	input.action == "vote"
	not no_yes
}

# Where there is no system that alone is said, since nothing else can be.
_asked_of_a_system if {
	input.action in _beginnings
	system_known
}

_reason(rule) := {"rule": rule.title, "message": rule.description}
