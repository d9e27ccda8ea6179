# METADATA
# title: Break-glass
# description: >-
#   Who may open a break-glass account in an emergency, on what grounds and for how long, and who may end, explain, review and
#   close it. A refusal negates a named statement of facts.rego and nothing else, since `not f(input.x)` is silent where
#   input.x is missing.
package break_glass

# METADATA
# title: break-glass.nothing_applies
# description: No rule allows this. Ask security if it should be possible.
default decision := {
	"effect": "deny",
	"reasons": [{
		"rule": "break-glass.nothing_applies",
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
	"reasons": [_permission],
	"approvers": null,
	"obligations": [window],
} if {
	input.action in _beginnings
} else := {
	"effect": "allow",
	"reasons": [_permission],
	"approvers": null,
	"obligations": [],
} if {
	not input.action in _beginnings
}

_permission := {"rule": concat("", ["break-glass.", input.action]), "message": _permissions[input.action]}

_permissions := {
	"use": "Break the glass. Everybody who must know is told.",
	"check_out": "The alert arrived or was waited for, and the account is theirs.",
	"show": "The use is yours and open.",
	"end": "You may end this use.",
	"justify": "The use is yours to justify.",
	"stand_in": "You may write what is known in place of a user who is gone.",
	"confirm_stand_in": "You may confirm what another wrote in place of a user who is gone.",
	"edit": "You may write this review.",
	"take_review": "You may own this review.",
	"settle": "You may settle what stayed behind.",
	"sign_off": "You may sign this review off.",
	"contain": "You may contain this.",
	"read": "You may read this.",
}

# METADATA
# title: break-glass.inactive_actor
# description: This account is not active here. Ask your manager if that is wrong.
blocks contains _reason(rego.metadata.rule()) if {
	not actor_active
}

# METADATA
# title: break-glass.not_human
# description: Break-glass is for people who sign in as themselves, not for services and guests.
blocks contains _reason(rego.metadata.rule()) if {
	actor_active
	not actor_human
}

# METADATA
# title: break-glass.no_accounts
# description: This system has no break-glass accounts. Its owner team can define them in `policies/systems/`.
denials contains _reason(rego.metadata.rule()) if {
	input.action in _beginnings
	not has_break_glass
}

# METADATA
# title: break-glass.not_eligible
# description: Your roles do not reach this system. Call somebody of its owner team.
denials contains _reason(rego.metadata.rule()) if {
	input.action in _beginnings
	has_break_glass
	not actor_may_use
}

# METADATA
# title: break-glass.justification_overdue
# description: You owe a justification for an earlier use. Give it with `/break-glass justify`, then break the glass.
denials contains _reason(rego.metadata.rule()) if {
	input.action in _showing
	not justified
}

# METADATA
# title: break-glass.already_yours
# description: You have an account of this system open already. Show its credential again, or end it with `/break-glass end`.
denials contains _reason(rego.metadata.rule()) if {
	input.action in _beginnings
	justified
	not holds_no_other
}

# METADATA
# title: break-glass.nobody_to_alert
# description: Nobody but you would be alerted. Somebody else of the Codex-HPS role needs a Slack account in `policies/people/` first.
denials contains _reason(rego.metadata.rule()) if {
	input.action in _beginnings
	not somebody_else_hears
}

# METADATA
# title: break-glass.not_confirmed
# description: Type the name of the system exactly as it is listed, so that no other one is opened by mistake.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "use"
	has_break_glass
	not system_confirmed
}

# METADATA
# title: break-glass.what_length
# description: Say in 10 to 2000 characters what is burning.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "use"
	not what_counts
}

# METADATA
# title: break-glass.no_emergency
# description: No active SEV-1 and no outage of the identity provider is known for this system, and its owners do not take your word alone. Declare the incident first.
denials contains _reason(rego.metadata.rule()) if {
	input.action in _beginnings
	has_break_glass
	not verified
	not own_word_counts
}

# METADATA
# title: break-glass.not_severe_enough
# description: Your word alone opens this system only for something worse. Declare a SEV-1, or ask for the access with `/elevate`.
denials contains _reason(rego.metadata.rule()) if {
	input.action in _beginnings
	has_break_glass
	not verified
	own_word_counts
	not own_word_severe
}

# METADATA
# title: break-glass.review_overdue
# description: The review of an earlier use of this system is overdue, so your word alone does not open it. Get that review signed off, or declare the incident.
denials contains _reason(rego.metadata.rule()) if {
	input.action in _beginnings
	has_break_glass
	not verified
	not reviews_done
}

# Living with it.

# METADATA
# title: break-glass.not_yours_to_see
# description: Only the person who opened this can see its credential.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "show"
	not actor_is_user
}

# METADATA
# title: break-glass.not_in_force
# description: This use is over. Open a new one if it still burns.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "show"
	not in_force
}

# METADATA
# title: break-glass.not_yours_to_end
# description: Only the person who opened this, the system's approvers and security can end it. Tell one of them.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "end"
	not actor_is_user
	not actor_oversees
}

# METADATA
# title: break-glass.not_yours_to_justify
# description: Only the person who opened this can justify it.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "justify"
	not actor_is_user
}

# Words in place of a user who is gone: written by one who watches, counted once another of them confirms it.

# METADATA
# title: break-glass.own_words
# description: This was your own use. Justify it in your own words, with `/break-glass justify`.
denials contains _reason(rego.metadata.rule()) if {
	input.action in _standing_in
	not actor_is_not_user
}

# METADATA
# title: break-glass.user_is_here
# description: The user of this has not left and is not frozen, so nobody else's words count. Ask them.
denials contains _reason(rego.metadata.rule()) if {
	input.action in _standing_in
	not user_gone
}

# METADATA
# title: break-glass.not_yours_to_record
# description: Only security and the Codex-HPS role write and confirm what is known in place of a user.
denials contains _reason(rego.metadata.rule()) if {
	input.action in _standing_in
	not actor_watches
}

# METADATA
# title: break-glass.author_confirms
# description: You wrote this, so somebody else of security or Codex-HPS confirms it.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "confirm_stand_in"
	not actor_is_not_author
}

# METADATA
# title: break-glass.author_gone
# description: Whoever wrote this has no power any more, so it cannot be confirmed. Write it anew.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "confirm_stand_in"
	not author_stands
}

# METADATA
# title: break-glass.record_changed
# description: This was written anew after you were shown it. Read it as it is now, then confirm it.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "confirm_stand_in"
	not words_as_read
}

# The review: never by the user, closed by somebody who is not its owner either.

# METADATA
# title: break-glass.user_reviews
# description: This was your own use, so somebody else reviews it.
denials contains _reason(rego.metadata.rule()) if {
	input.action in _reviewing
	not actor_is_not_user
}

# METADATA
# title: break-glass.not_a_reviewer
# description: Reviews are for security, the Codex-HPS role and the system's approvers.
denials contains _reason(rego.metadata.rule()) if {
	input.action in _reviewing
	not actor_oversees
}

# METADATA
# title: break-glass.owner_signs_off
# description: You own this review, so somebody else signs it off.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "sign_off"
	not actor_is_not_owner
}

# METADATA
# title: break-glass.record_incomplete
# description: Fill description, impact, remediation and prevention first, each with at least 10 characters.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "sign_off"
	not record_complete
}

# METADATA
# title: break-glass.review_changed
# description: This review was changed after you were shown it. Read it as it is now, then sign it off.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "sign_off"
	not read_as_it_is
}

# METADATA
# title: break-glass.rotation_not_proved
# description: The credential is not proved dead yet, so it is not known what stayed behind.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "sign_off"
	not rotation_proved
}

# METADATA
# title: break-glass.differences_open
# description: Something stayed behind at the target. Accept or undo each line first.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "sign_off"
	not differences_settled
}

# METADATA
# title: break-glass.not_yours_to_contain
# description: Only security and the Codex-HPS role stop people and contain systems.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "contain"
	not actor_watches
}

# METADATA
# title: break-glass.not_yours_to_read
# description: Only security, the Codex-HPS role and the system's approvers read this.
denials contains _reason(rego.metadata.rule()) if {
	input.action == "read"
	not actor_is_user
	not actor_oversees
}

# The actions that begin a use: asked by the person, decided again when the account is handed out.
_beginnings := {"use", "check_out"}

# What ends in a credential on somebody's screen.
_showing := _beginnings | {"show"}

_reviewing := {"edit", "take_review", "settle", "sign_off"}

_standing_in := {"stand_in", "confirm_stand_in"}

_reason(rule) := {"rule": rule.title, "message": rule.description}
