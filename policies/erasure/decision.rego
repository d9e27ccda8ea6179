# METADATA
# title: Erasure
# description: >-
#   Who may have what a person wrote destroyed for good. Two of security, neither of them that person. A refusal negates a
#   named statement of facts.rego and nothing else, since `not f(input.x)` is silent where input.x is missing.
package erasure

# METADATA
# title: erasure.nothing_applies
# description: No rule allows this. Ask security if it should be possible.
default decision := {
	"effect": "deny",
	"reasons": [{
		"rule": "erasure.nothing_applies",
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
	"reasons": [{"rule": concat("", ["erasure.", input.action]), "message": _permissions[input.action]}],
	"approvers": null,
	"obligations": [],
}

_permissions := {
	"request": "You may ask for this erasure; another of security countersigns it.",
	"vote": "You may decide on this erasure.",
	"execute": "Two people of security want this erasure.",
}

# METADATA
# title: erasure.inactive_actor
# description: This account is not active here. Ask your manager if that is wrong.
blocks contains _reason(rego.metadata.rule()) if {
	not actor_active
}

# METADATA
# title: erasure.not_human
# description: Services and guests erase nobody. Ask somebody of security.
blocks contains _reason(rego.metadata.rule()) if {
	actor_active
	not actor_human
}

# METADATA
# title: erasure.not_security
# description: Only security erases what a person wrote. Ask somebody of security.
denials contains _reason(rego.metadata.rule()) if {
	not actor_keeps_security
}

# METADATA
# title: erasure.subject_unknown
# description: Nobody of this organisation is meant by that. Mention the person, as in `/erase @person why`.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "request"
	not subject_known
}

# METADATA
# title: erasure.subject_service
# description: A service is no person, so there is nothing personal to erase.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "request"
	subject_known
	not subject_human
}

# METADATA
# title: erasure.oneself
# description: This is about yourself, so two others of security have to do it. Ask them.
denials contains _reason(rego.metadata.rule()) if {
	_about_a_person
	not actor_is_another
}

# METADATA
# title: erasure.own_request
# description: You asked for this erasure, so another of security has to agree. You may deny it to take it back.
denials contains _reason(rego.metadata.rule()) if {
	_agreeing
	not actor_did_not_ask
}

# METADATA
# title: erasure.not_countersigned
# description: Nobody of security who may do so stands behind this erasure any more. Ask again.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "execute"
	not countersigned
}

_about_a_person if {
	input.action == "request"
	subject_known
}

_about_a_person if input.action in {"vote", "execute"}

_denying if input.verdict == "deny"

_agreeing if {
	input.action == "vote"
	not _denying
}

_reason(rule) := {"rule": rule.title, "message": rule.description}
