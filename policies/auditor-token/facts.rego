package auditor_token

import data.lib.principals

# METADATA
# description: The account that does this is in use.
actor_active if principals.active(input.actor)

# METADATA
# description: The one who does this is a person of this organisation.
actor_human if principals.human(input.actor)

# METADATA
# description: The one who does this holds a role that reads the ledger.
actor_eligible if principals.holds_any(input.actor, {"auditor", "security"})

# METADATA
# description: The one who does this is the one who asked.
actor_is_requester if principals.same(input.actor, input.requester)

# METADATA
# description: The one who does this is not the one who asked.
actor_did_not_ask if principals.distinct(input.actor, input.requester)

# METADATA
# description: The one who does this keeps security.
actor_approves if principals.holds_any(input.actor, {"security"})

# METADATA
# description: Whoever holds the token or keeps security may revoke it.
actor_may_revoke if actor_is_requester

actor_may_revoke if actor_approves

# METADATA
# description: A whole number of days.
days_count if {
	input.days >= 1
	floor(input.days) == input.days
}

# METADATA
# description: No token lives longer than this.
days_allowed if input.days <= 90

# METADATA
# description: The purpose says something, and not a novel.
purpose_counts if {
	input.purpose_length >= 10
	input.purpose_length <= 2000
}

# METADATA
# description: A person of security who did not ask.
may_approve(principal) if {
	principals.human(principal)
	principals.distinct(principal, input.requester)
	principals.holds_any(principal, {"security"})
}

# METADATA
# description: Who may countersign this.
approvers contains principal.id if {
	some principal in input.candidates
	may_approve(principal)
}

# METADATA
# description: The request can be approved at all.
enough_approvers if count(approvers) >= 1

# METADATA
# description: Somebody who may approve as things are now did, on the terms as they are now (rule 5).
enough_votes if {
	some vote in input.request.votes
	vote.verdict == "approve"
	vote.seal_matches == true
	may_approve(vote.principal)
}

# METADATA
# description: Approved, not yet shown, and fetched before the approval lapses.
in_time if {
	input.request.state == "approved"
	is_number(input.now_ms)
	is_number(input.request.fetch_until_ms)
	input.now_ms < input.request.fetch_until_ms
}
