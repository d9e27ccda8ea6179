# METADATA
# title: Absence
# description: >-
#   Who may say that they are away and whom they may name. Naming somebody orders who is asked; only those who may decide
#   anyway can be named, so nobody gains a power by it.
package absence

import data.lib.principals

# METADATA
# title: absence.nothing_applies
# description: No rule allows this. Ask security if it should be possible.
default decision := {
	"effect": "deny",
	"reasons": [{
		"rule": "absence.nothing_applies",
		"message": "No rule allows this. Ask security if it should be possible.",
	}],
	"approvers": null,
	"obligations": [],
}

# METADATA
# title: Decision
# description: Without a denial it is allowed.
# entrypoint: true
decision := {
	"effect": "deny",
	"reasons": sort(denials),
	"approvers": null,
	"obligations": [],
} if {
	count(denials) > 0
} else := {
	"effect": "allow",
	"reasons": [{"rule": concat("", ["absence.", input.action]), "message": _permissions[input.action]}],
	"approvers": null,
	"obligations": [],
}

_permissions := {
	"begin": "You may say that you are away.",
	"end": "You may say that you are back.",
}

# METADATA
# title: absence.inactive_actor
# description: This account is not active here. Ask your manager if that is wrong.
denials contains _reason(rego.metadata.rule()) if not principals.human(input.actor)

# METADATA
# title: absence.not_your_absence
# description: Only the person who is away can say so.
denials contains _reason(rego.metadata.rule()) if not principals.same(input.actor, input.person)

# METADATA
# title: absence.approves_nothing
# description: You approve nothing here, so nobody waits for you.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "begin"
	not principals.holds_any(input.actor, input.approver_roles)
}

# METADATA
# title: absence.delegate_not_like_you
# description: Name an active approver other than you who approves what you approve.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "begin"
	not delegate_approves_already
}

# METADATA
# title: absence.delegate_away
# description: That approver is away too. Name somebody who is here.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "begin"
	input.delegate.id in input.away
}

# METADATA
# description: Nobody was named, or somebody with an approver role of the one who is away.
delegate_approves_already if input.delegate == null

delegate_approves_already if {
	principals.human(input.delegate)
	principals.distinct(input.delegate, input.actor)
	some role in input.approver_roles
	role in input.actor.roles
	role in input.delegate.roles
}

_reason(rule) := {"rule": rule.title, "message": rule.description}
