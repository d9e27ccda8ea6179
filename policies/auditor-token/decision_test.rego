package auditor_token_test

import data.auditor_token

erin := {"id": "erin", "kind": "person", "active": true, "guest": false, "roles": ["auditor"], "teams": ["delivery"]}

dan := object.union(erin, {"id": "dan", "roles": ["security"]})

sam := object.union(dan, {"id": "sam"})

alice := object.union(erin, {"id": "alice", "roles": ["engineer"]})

# A stranger, as the facts describe whoever the organisation does not know.
stranger := {"id": "mallory", "kind": "person", "active": false, "guest": true, "roles": [], "teams": []}

deactivated(principal) := object.union(principal, {"active": false})

request := {
	"action": "request",
	"now_ms": 1000,
	"tenant": "T01",
	"actor": erin,
	"requester": erin,
	"days": 30,
	"purpose_length": 10,
	"candidates": [dan, sam],
	"request": null,
}

vote := object.union(request, {"action": "vote", "actor": dan, "request": {"state": "pending", "fetch_until_ms": null, "votes": []}})

approval(principal) := {"principal": principal, "verdict": "approve", "seal_matches": true}

show(votes) := object.union(request, {"action": "show", "request": {"state": "approved", "fetch_until_ms": 2000, "votes": votes}})

revoke := object.union(request, {"action": "revoke", "request": {"state": "issued", "fetch_until_ms": null, "votes": []}})

# Exactly these reasons, by rule id.
answers(facts, effect, rules) if {
	decision := auditor_token.decision with input as facts
	decision.effect == effect
	{reason.rule | some reason in decision.reasons} == rules
}

allows(facts) if {
	decision := auditor_token.decision with input as facts
	decision.effect == "allow"
	decision.approvers == null
}

denies(facts, rule) if answers(facts, "deny", {rule})

# Asking

test_a_request_is_countersigned_by_one_of_security if {
	decision := auditor_token.decision with input as request
	decision.effect == "require_hitl"
	decision.approvers == {"needed": 1, "principals": ["dan", "sam"]}
}

test_security_asks_too_and_somebody_else_countersigns if {
	decision := auditor_token.decision with input as object.union(request, {"actor": dan, "requester": dan})
	decision.approvers == {"needed": 1, "principals": ["sam"]}
}

test_only_active_humans_of_security_are_approvers if {
	service := object.union(dan, {"id": "svc", "kind": "service"})
	guest := object.union(dan, {"id": "guest", "guest": true})
	candidates := [deactivated(dan), service, guest, alice, erin, stranger, sam]
	decision := auditor_token.decision with input as object.union(request, {"candidates": candidates})
	decision.approvers.principals == ["sam"]
}

test_nobody_left_to_approve_is_a_denial_that_says_so if {
	denies(object.union(request, {"candidates": []}), "auditor-token.too_few_approvers")
	denies(object.union(request, {"actor": dan, "requester": dan, "candidates": [dan]}), "auditor-token.too_few_approvers")
}

test_asking_takes_the_role_of_an_auditor_or_of_security if denies(
	object.union(request, {"actor": alice, "requester": alice}),
	"auditor-token.requester_not_eligible",
)

test_strangers_and_deactivated_accounts_are_blocked if {
	gone := {"auditor-token.inactive_actor"}
	answers(object.union(request, {"actor": stranger, "requester": stranger}), "block", gone)
	answers(object.union(request, {"actor": deactivated(erin)}), "block", gone)
	answers(object.union(show([approval(dan)]), {"actor": deactivated(erin), "requester": deactivated(erin)}), "block", gone)
	answers(object.union(revoke, {"actor": deactivated(dan)}), "block", gone)
}

test_a_block_tells_security if {
	decision := auditor_token.decision with input as object.union(request, {"actor": stranger})
	decision.obligations == [{"kind": "alert", "role": "security"}]
}

test_services_and_guests_get_no_token if {
	answers(object.union(request, {"actor": {"kind": "service"}}), "block", {"auditor-token.not_human"})
	answers(object.union(request, {"actor": {"guest": true}}), "block", {"auditor-token.not_human"})
}

test_a_token_lives_a_whole_number_of_days_up_to_90 if {
	denies(object.union(request, {"days": 0}), "auditor-token.days_short")
	denies(object.union(request, {"days": 1.5}), "auditor-token.days_short")
	denies(object.union(request, {"days": 91}), "auditor-token.days_long")
	answers(object.union(request, {"days": "7"}), "deny", {"auditor-token.days_short", "auditor-token.days_long"})
	answers(object.union(request, {"days": 1}), "require_hitl", {"auditor-token.countersign"})
	answers(object.union(request, {"days": 90}), "require_hitl", {"auditor-token.countersign"})
}

test_a_purpose_has_10_to_2000_characters if {
	denies(object.union(request, {"purpose_length": 9}), "auditor-token.purpose_length")
	denies(object.union(request, {"purpose_length": 2001}), "auditor-token.purpose_length")
	answers(object.union(request, {"purpose_length": 2000}), "require_hitl", {"auditor-token.countersign"})
}

# Deciding (rule 4)

test_security_may_vote if allows(vote)

test_rule_4_the_requester_never_votes if denies(
	object.union(vote, {"actor": dan, "requester": dan}),
	"auditor-token.requester_votes",
)

test_voting_takes_security if {
	denies(object.union(vote, {"actor": alice}), "auditor-token.not_an_approver")
	denies(object.union(vote, {"actor": object.union(erin, {"id": "eve"})}), "auditor-token.not_an_approver")
}

test_services_and_guests_never_vote if {
	answers(object.union(vote, {"actor": {"kind": "service"}}), "block", {"auditor-token.not_human"})
	answers(object.union(vote, {"actor": {"guest": true}}), "block", {"auditor-token.not_human"})
}

# Showing: the same questions again, with the facts of this moment

test_what_somebody_of_security_approved_is_shown if allows(show([approval(dan)]))

test_rule_4_who_lost_the_power_to_approve_no_longer_counts if {
	denies(show([approval(deactivated(dan))]), "auditor-token.votes_missing")
	denies(show([approval(object.union(dan, {"roles": ["auditor"]}))]), "auditor-token.votes_missing")
	denies(show([approval(object.union(dan, {"guest": true}))]), "auditor-token.votes_missing")
	denies(show([approval(erin)]), "auditor-token.votes_missing")
	denies(show([]), "auditor-token.votes_missing")
}

test_rule_4_a_denial_is_no_approval if denies(
	show([object.union(approval(dan), {"verdict": "deny"})]),
	"auditor-token.votes_missing",
)

test_rule_5_a_vote_on_other_terms_does_not_count if denies(
	show([object.union(approval(dan), {"seal_matches": false})]),
	"auditor-token.votes_missing",
)

test_rule_9_only_the_requester_sees_the_token if {
	denies(object.union(show([approval(dan)]), {"actor": dan}), "auditor-token.not_yours_to_see")
	denies(object.union(show([approval(dan)]), {"actor": sam}), "auditor-token.not_yours_to_see")
}

test_who_lost_the_role_since_sees_no_token if denies(
	object.union(show([approval(dan)]), {"actor": {"roles": []}}),
	"auditor-token.requester_not_eligible",
)

test_a_token_is_shown_once_and_in_time if {
	approved := show([approval(dan)])
	denies(object.union(approved, {"request": {"state": "issued"}}), "auditor-token.not_in_time")
	denies(object.union(approved, {"now_ms": 2000}), "auditor-token.not_in_time")
	denies(object.union(approved, {"now_ms": null}), "auditor-token.not_in_time")
	denies(object.union(approved, {"request": {"fetch_until_ms": null}}), "auditor-token.not_in_time")
}

# Revoking

test_its_holder_and_security_may_revoke_a_token if {
	allows(revoke)
	allows(object.union(revoke, {"actor": dan}))
}

test_nobody_else_may_revoke_it if denies(object.union(revoke, {"actor": alice}), "auditor-token.not_yours_to_revoke")

# Rule 2: what nobody thought of is a denial

test_rule_2_an_unknown_action_is_denied if {
	denies(object.union(request, {"action": "grant"}), "auditor-token.nothing_applies")
	answers({}, "block", {"auditor-token.inactive_actor"})
}

test_rule_2_losing_a_fact_never_permits if {
	every facts in [request, vote, show([approval(dan)]), revoke] {
		every fact in {"actor", "requester"} {
			decision := auditor_token.decision with input as json.remove(facts, [fact])
			decision.effect in {"deny", "block"}
		}
	}
}

test_every_reason_is_a_public_sentence if {
	every action in {"request", "vote", "show", "revoke"} {
		decision := auditor_token.decision with input as {"action": action}
		every reason in decision.reasons {
			startswith(reason.rule, "auditor-token.")
			regex.match(`^[A-Z].*\.$`, reason.message)
		}
	}
}
