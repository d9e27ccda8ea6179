package elevation

import data.lib.principals

# METADATA
# description: The account that does this is in use.
actor_active if principals.active(input.actor)

# METADATA
# description: The one who does this is a person of this organisation.
actor_human if principals.human(input.actor)

# METADATA
# description: The one who does this is not the one who asked.
actor_did_not_ask if principals.distinct(input.actor, input.requester)

# METADATA
# description: The one who does this is not the one the access is for.
actor_gains_nothing if principals.distinct(input.actor, input.subject)

# METADATA
# description: The one who does this decides in one of the stages.
actor_approves_here if {
	some stage in stages
	principals.holds_any(input.actor, stage.roles)
}

# METADATA
# description: The access is for the one who does this.
actor_is_subject if principals.same(input.actor, input.subject)

# METADATA
# description: The one who does this is the one who asked.
actor_is_requester if principals.same(input.actor, input.requester)

# METADATA
# description: Whoever has the access, asked for it, approves here or keeps security may end it.
actor_may_end if actor_is_subject

actor_may_end if actor_is_requester

actor_may_end if actor_approves_here

actor_may_end if principals.holds_any(input.actor, input.system.approver_roles)

actor_may_end if "security" in input.actor.roles

# METADATA
# description: Those who may end it and auditors may follow what became of it.
actor_may_follow if actor_may_end

actor_may_follow if "auditor" in input.actor.roles

# METADATA
# description: Who asked or would have the access may take the asking back.
actor_may_cancel if actor_is_requester

actor_may_cancel if actor_is_subject

# METADATA
# description: The account that asked is in use.
requester_active if principals.active(input.requester)

# METADATA
# description: The account the access is for is in use.
subject_active if principals.active(input.subject)

# METADATA
# description: The one who asked holds a role that may ask for this system.
requester_eligible if principals.holds_any(input.requester, input.system.requester_roles)

# METADATA
# description: The one who asked is the one the access is for.
asked_for_oneself if principals.same(input.requester, input.subject)

# METADATA
# description: The one the access is for holds a role that may have this system.
subject_eligible if principals.holds_any(input.subject, input.system.requester_roles)

# METADATA
# description: Customer data is for employees.
contractors_stay_out if {
	is_string(input.system.category)
	not input.system.category in {"customer-data", "customer-content"}
}

contractors_stay_out if {
	input.requester.kind != "contractor"
	input.subject.kind != "contractor"
}

# METADATA
# description: The system makes an account a grant, or the one the access is for has an account of their own there.
subject_reachable if input.system.admits_own_accounts == false

subject_reachable if is_string(input.login)

# METADATA
# description: The system is one of the organisation's.
system_known if {
	is_string(input.system.id)
	is_string(input.system.kind)
	is_string(input.system.category)
}

# METADATA
# description: The scope is one of the system's and gives something.
scope_known if {
	is_string(input.scope.id)
	count(input.scope.privileges) > 0
}

# METADATA
# description: A whole number of minutes.
duration_counts if {
	input.duration_minutes >= 1
	floor(input.duration_minutes) == input.duration_minutes
}

# METADATA
# description: No longer than system and scope allow.
duration_allowed if input.duration_minutes <= maximum_minutes

# METADATA
# description: The longest there is, in minutes.
maximum_minutes := min([input.system.maximum_minutes, input.scope.maximum_minutes])

# METADATA
# description: What to do about a duration that is too long.
default ask_for_less := "Ask for a shorter time."

ask_for_less := concat("", ["Ask for at most ", format_int(maximum_minutes, 10), " minutes."])

# METADATA
# description: Whoever the access is for is here for the whole of it, should it begin now or at its start.
subject_stays if input.subject.ends_at_ms == null

subject_stays if minutes_left >= input.duration_minutes

# METADATA
# description: How many minutes of access fit before the subject's power ends.
minutes_left := floor((input.subject.ends_at_ms - _begins_ms) / 60000)

_begins_ms := input.now_ms if input.start_ms == null

_begins_ms := max([input.now_ms, input.start_ms]) if is_number(input.start_ms)

# METADATA
# description: What to do about an access that would outlast its holder.
default ask_for_what_is_left := "The person this is for leaves before it could begin. Ask for an earlier start, or for somebody who stays."

ask_for_what_is_left := concat("", [
	"The person this is for leaves before that is over. At most ",
	format_int(minutes_left, 10),
	" minutes are left; ask for no more.",
]) if {
	minutes_left >= 1
}

# METADATA
# description: The reason says something, and not a novel.
reason_counts if {
	input.reason_length >= 10
	input.reason_length <= 2000
}

# METADATA
# description: It begins once approved, or later than now.
start_ahead if input.start_ms == null

start_ahead if input.start_ms > input.now_ms

# METADATA
# description: It begins once approved, or within 14 days.
start_near if input.start_ms == null

start_near if input.start_ms <= input.now_ms + (((14 * 24) * 3600) * 1000)

# METADATA
# description: It begins once approved, or its time has come.
start_reached if input.start_ms == null

start_reached if input.start_ms <= input.now_ms

# METADATA
# description: It has no start of its own, or that passed a quarter of an hour ago at the most.
start_kept if input.start_ms == null

start_kept if input.now_ms <= input.start_ms + ((15 * 60) * 1000)

# METADATA
# description: A ticket is named, or none is wanted.
ticket_named if input.system.ticket == "optional"

ticket_named if is_string(input.ticket.status)

# METADATA
# description: The tracker says that the ticket is open, where the system wants that.
ticket_good if input.system.ticket in {"optional", "required"}

ticket_good if input.ticket.status == "open"

# METADATA
# description: Numbers of requests in the same words that wait, and that the one who asks was not shown.
unseen_waiting contains one.number if {
	some one in input.beside.same
	one.identical == true
	one.state == "pending"
	not one.number in input.beside.acknowledged
}

# METADATA
# description: No such request.
nothing_unseen_waits if {
	is_array(input.beside.same)
	count(unseen_waiting) == 0
}

# METADATA
# description: What to do about another request for the same.
default beside_which := "Check first whether the same was asked already."

beside_which := concat("", [
	"#",
	format_int(min(unseen_waiting), 10),
	" asks for the very same and is not answered yet. Edit or cancel that one, or confirm that you want both.",
])

# METADATA
# description: The one who asks has fewer than 10 requests waiting.
few_waiting if {
	is_number(input.beside.waiting)
	input.beside.waiting < 10
}

# METADATA
# description: The request was edited fewer than 10 times.
edits_left if {
	is_number(input.request.edits)
	input.request.edits < 10
}

# METADATA
# description: Nothing is deployed, or it was read to its end and each part of it has an author we know.
change_known if {
	input.scope.deploys == false
	input.change == null
}

change_known if {
	input.scope.deploys == true
	input.change.status == "read"
	count(input.change.authors) > 0
}

# METADATA
# description: What to do about a change that is not known whole.
default change_says := "What would be deployed cannot be told. Ask again, or tell security."

change_says := _change_messages[input.change.status]

_change_messages := {
	"missing": "Say what is to be deployed, as owner/name@ and a branch, tag or commit.",
	"other_repository": "This scope deploys another repository. Name a commit of that one.",
	"not_found": "There is no such commit, or Countersign may not read it. Check repository and commit.",
	"unavailable": "GitHub did not say who wrote this, so nobody may approve it. Try again when it answers.",
	"cut_short": "This is more than can be read to its end, so not all its authors are known. Deploy it in smaller steps.",
	"unknown_author": "Somebody whom the organisation does not know had a part in this. Add their login to policies/people, or deploy without their part.",
}

# METADATA
# description: Had no part in what is deployed (seed 000, separation of duties).
had_no_part(principal) if {
	input.scope.deploys == false
	is_string(principal.id)
}

had_no_part(principal) if {
	is_array(input.change.authors)
	is_string(principal.id)
	not principal.id in input.change.authors
}

# METADATA
# description: The one who does this had none.
actor_had_no_part if had_no_part(input.actor)

# METADATA
# description: >-
#   How many must approve: two at the least for what is risky. A third at night would keep people from their work, and
#   prove no more.
needed := max([usual_approvals, _risk])

_risk := 2 if count(raises) > 0

_risk := 1 if count(raises) == 0

# METADATA
# description: What system and stages ask for, and two at the least for what cannot be undone.
usual_approvals := max([_undoing, required_approvals, staged_approvals])

_undoing := 2 if input.scope.destructive == true

_undoing := 1 if input.scope.destructive == false

# METADATA
# description: How many the system asks for; at least one, or nobody is asked.
required_approvals := input.system.required_approvals if {
	is_number(input.system.required_approvals)
	input.system.required_approvals >= 1
}

# METADATA
# description: An active person with an approver role who neither asked nor gains, and wrote none of it.
may_approve(principal) if {
	principals.human(principal)
	principals.distinct(principal, input.requester)
	principals.distinct(principal, input.subject)
	had_no_part(principal)
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
# description: The request can be granted at all.
enough_approvers if filled(candidates)

# METADATA
# description: Distinct people as they are now; a vote on other terms than these (rule 5) does not count.
approving contains vote.principal if {
	some vote in input.request.votes
	vote.verdict == "approve"
	vote.seal_matches == true
	may_approve(vote.principal)
}

# METADATA
# description: Enough of them, or a window that they gave beforehand.
enough_votes if filled(approving)

enough_votes if window_stands

# METADATA
# description: No vote stands against it.
nobody_denies if {
	every vote in input.request.votes {
		vote.verdict == "approve"
	}
}

# METADATA
# description: Granted, begun and not past its end.
in_force if {
	input.request.state == "active"
	is_number(input.now_ms)
	is_number(input.request.ends_at_ms)
	input.now_ms < input.request.ends_at_ms
}
