# METADATA
# title: Freeze
# description: >-
#   Who may take all power from an account at once, and who may give it back. A refusal negates a named statement of
#   facts.rego and nothing else, since `not f(input.x)` is silent where input.x is missing.
package freeze

# METADATA
# title: freeze.nothing_applies
# description: No rule allows this. Ask security if it should be possible.
default decision := {
	"effect": "deny",
	"reasons": [{
		"rule": "freeze.nothing_applies",
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
	"reasons": [{"rule": concat("", ["freeze.", input.action]), "message": _permissions[input.action]}],
	"approvers": null,
	"obligations": [],
}

_permissions := {
	"freeze": "You may take all power from this account.",
	"list": "You may see which accounts are frozen.",
	"lift": "You may agree to lift this freeze.",
	"thaw": "Two people of security agreed to lift this freeze.",
}

# METADATA
# title: freeze.inactive_actor
# description: This account is not active here. Ask your manager if that is wrong.
blocks contains _reason(rego.metadata.rule()) if {
	not actor_active
}

# METADATA
# title: freeze.not_human
# description: Services and guests freeze nobody and lift nothing. Ask somebody of security.
blocks contains _reason(rego.metadata.rule()) if {
	actor_active
	not actor_human
}

# METADATA
# title: freeze.nobody_left
# description: Nobody else of security would be left to answer for this. Deactivate the account in Slack, which freezes it too.
blocks contains _reason(rego.metadata.rule()) if {
	input.action == "freeze"
	subject_known
	not security_left
}

# METADATA
# title: freeze.not_security
# description: Only security freezes accounts and lifts it again. Call somebody of security now if an account is in the wrong hands.
denials contains _reason(rego.metadata.rule()) if {
	not actor_keeps_security
}

# METADATA
# title: freeze.subject_unknown
# description: That names nobody of this organisation, or more than one. Mention the person, as in `/freeze @person`.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "freeze"
	not subject_known
}

# METADATA
# title: freeze.subject_service
# description: A service does not sign in to Slack, so freezing it stops nothing. Have its owner team rotate its key.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "freeze"
	subject_known
	not subject_signs_in
}

# METADATA
# title: freeze.oneself
# description: This is about your own account, so somebody else of security has to do it. Call them.
denials contains _reason(rego.metadata.rule()) if {
	_about_an_account
	not actor_is_another
}

# METADATA
# title: freeze.already_frozen
# description: This account is frozen already and everything of it is being ended. `/freeze list` shows by whom.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "freeze"
	not not_yet_frozen
}

# METADATA
# title: freeze.too_few_lifts
# description: Lifting a freeze takes two people of security, and never the frozen one.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "thaw"
	not enough_lifts
}

_about_an_account if {
	input.action == "freeze"
	subject_known
}

_about_an_account if input.action in {"lift", "thaw"}

_reason(rule) := {"rule": rule.title, "message": rule.description}
