# METADATA
# title: Recall
# description: >-
#   Who may go through what an account asked and approved, end it and judge it again. A refusal negates a named statement of
#   facts.rego and nothing else, since `not f(input.x)` is silent where input.x is missing.
package recall

# METADATA
# title: recall.nothing_applies
# description: No rule allows this. Ask security if it should be possible.
default decision := {
	"effect": "deny",
	"reasons": [{
		"rule": "recall.nothing_applies",
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
	"reasons": [{"rule": concat("", ["recall.", input.action]), "message": _permissions[input.action]}],
	"approvers": null,
	"obligations": [],
}

_permissions := {
	"recall": "You may recall what this account did.",
	"see": "You may see what is recalled.",
	"accept": "You may say that this was in order.",
	"flag": "You may say that this was not in order.",
}

# METADATA
# title: recall.inactive_actor
# description: This account is not active here. Ask your manager if that is wrong.
blocks contains _reason(rego.metadata.rule()) if {
	not actor_active
}

# METADATA
# title: recall.not_human
# description: Services and guests recall and judge nothing. Ask somebody of security.
blocks contains _reason(rego.metadata.rule()) if {
	actor_active
	not actor_human
}

# METADATA
# title: recall.not_security
# description: Only security recalls what an account did and judges it. Tell them what you noticed.
denials contains _reason(rego.metadata.rule()) if {
	not actor_keeps_security
}

# METADATA
# title: recall.subject_unknown
# description: That names nobody of this organisation, or more than one. Mention the person, as in `/recall @person since 3d`.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "recall"
	not subject_known
}

# METADATA
# title: recall.oneself
# description: This is about what your own account did, so somebody else of security has to look at it.
denials contains _reason(rego.metadata.rule()) if {
	_about_an_account
	not actor_is_another
}

# METADATA
# title: recall.caller_accepts
# description: You called for this recall, so somebody else of security has to accept. You can flag.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "accept"
	not actor_did_not_call
}

# METADATA
# title: recall.own_item
# description: You asked for this or gained by it, so somebody else of security has to accept it. You can flag it.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "accept"
	not actor_is_disinterested
}

_about_an_account if {
	input.action == "recall"
	subject_known
}

_about_an_account if input.action in {"see", "accept", "flag"}

_reason(rule) := {"rule": rule.title, "message": rule.description}
