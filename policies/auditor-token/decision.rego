# METADATA
# title: Auditor token
# description: >-
#   Who may ask for, countersign, see and revoke a token that reads the ledger's entries. A refusal negates a named statement
#   of facts.rego and nothing else, since `not f(input.x)` is silent where input.x is missing.
package auditor_token

# METADATA
# title: auditor-token.nothing_applies
# description: No rule allows this. Ask security if it should be possible.
default decision := {
	"effect": "deny",
	"reasons": [{
		"rule": "auditor-token.nothing_applies",
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
	"reasons": [{"rule": "auditor-token.countersign", "message": "Somebody else of security has to countersign this."}],
	"approvers": {"needed": 1, "principals": sort(approvers)},
	"obligations": [],
} if {
	input.action == "request"
} else := {
	"effect": "allow",
	"reasons": [{"rule": concat("", ["auditor-token.", input.action]), "message": _permissions[input.action]}],
	"approvers": null,
	"obligations": [],
}

_permissions := {
	"vote": "You may decide on this request.",
	"show": "Somebody else approved this token for you.",
	"revoke": "You may revoke this token.",
}

# What an account that must not act tries: refused, and security is told.

# METADATA
# title: auditor-token.inactive_actor
# description: This account is not active here. Ask your manager if that is wrong.
blocks contains _reason(rego.metadata.rule()) if {
	not actor_active
}

# METADATA
# title: auditor-token.not_human
# description: Services and guests neither get nor decide on tokens. Ask somebody of security.
blocks contains _reason(rego.metadata.rule()) if {
	input.action in {"request", "vote", "show"}
	actor_active
	not actor_human
}

# What is asked for; who asked is asked again when the token is shown.

# METADATA
# title: auditor-token.requester_not_eligible
# description: Only auditors and security get tokens that read the ledger. Ask one of them for what you need.
denials contains _reason(rego.metadata.rule()) if {
	input.action in {"request", "show"}
	not actor_eligible
}

# METADATA
# title: auditor-token.days_short
# description: Ask for a whole number of days, at least 1.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "request"
	not days_count
}

# METADATA
# title: auditor-token.days_long
# description: Ask for at most 90 days.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "request"
	not days_allowed
}

# METADATA
# title: auditor-token.purpose_length
# description: Give a purpose of 10 to 2000 characters that says what will be read, and why.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "request"
	not purpose_counts
}

# METADATA
# title: auditor-token.too_few_approvers
# description: Nobody of security besides you could approve this. Ask for a second person to be given that role.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "request"
	not enough_approvers
}

# Who decides (rule 4): checked when the vote is cast and again when the token is shown.

# METADATA
# title: auditor-token.requester_votes
# description: You asked for this token, so somebody else has to decide on it.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "vote"
	not actor_did_not_ask
}

# METADATA
# title: auditor-token.not_an_approver
# description: Only security decides on tokens that read the ledger. Leave it to them.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "vote"
	not actor_approves
}

# METADATA
# title: auditor-token.votes_missing
# description: Nobody who may approve this now has approved what was asked for. Ask for a new token.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "show"
	not enough_votes
}

# Living with it.

# METADATA
# title: auditor-token.not_yours_to_see
# description: Only the person who asked for this token can see it.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "show"
	not actor_is_requester
}

# METADATA
# title: auditor-token.not_in_time
# description: This token can no longer be shown. Ask for a new one if you still need it.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "show"
	not in_time
}

# METADATA
# title: auditor-token.not_yours_to_revoke
# description: Only its holder and security can revoke this token. Tell one of them.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "revoke"
	not actor_may_revoke
}

_reason(rule) := {"rule": rule.title, "message": rule.description}
