package freeze_test

import data.freeze

dan := {"id": "dan", "kind": "person", "active": true, "guest": false, "roles": ["security"], "teams": ["security"]}

eve := object.union(dan, {"id": "eve"})

bob := object.union(dan, {"id": "bob", "roles": ["approver"]})

freezing := {
	"action": "freeze",
	"actor": dan,
	"subject": bob,
	"frozen": false,
	"votes": [],
	"others_left": 1,
	"froze_security": false,
}

lifting := object.union(freezing, {"action": "lift", "frozen": true})

agrees(principal) := {"principal": principal, "verdict": "approve", "seal_matches": true}

thaw(votes) := object.union(lifting, {"action": "thaw", "votes": votes})

answers(facts, effect, rules) if {
	decision := freeze.decision with input as facts
	decision.effect == effect
	{reason.rule | some reason in decision.reasons} == rules
}

allows(facts, rule) if answers(facts, "allow", {rule})

denies(facts, rule) if answers(facts, "deny", {rule})

blocks(facts, rule) if {
	answers(facts, "block", {rule})
	decision := freeze.decision with input as facts
	decision.obligations == [{"kind": "alert", "role": "security"}]
}

test_one_of_security_suffices_to_freeze if allows(freezing, "freeze.freeze")

test_a_contractor_and_one_who_left_can_be_frozen if {
	allows(object.union(freezing, {"subject": object.union(bob, {"kind": "contractor"})}), "freeze.freeze")
	allows(object.union(freezing, {"subject": object.union(bob, {"active": false})}), "freeze.freeze")
}

test_one_of_security_can_be_frozen_by_another if allows(object.union(freezing, {"subject": eve}), "freeze.freeze")

test_one_account_cannot_freeze_all_of_security if {
	blocks(object.union(freezing, {"subject": eve, "others_left": 0}), "freeze.nobody_left")
	blocks(object.union(freezing, {"subject": eve, "others_left": null}), "freeze.nobody_left")
	allows(object.union(freezing, {"others_left": 0}), "freeze.freeze")
}

test_whoever_froze_security_can_be_frozen_by_the_last_one_left if allows(
	object.union(freezing, {"subject": eve, "others_left": 0, "froze_security": true}),
	"freeze.freeze",
)

test_nobody_else_freezes if denies(object.union(freezing, {"actor": bob, "subject": dan}), "freeze.not_security")

test_not_oneself if {
	denies(object.union(freezing, {"subject": dan}), "freeze.oneself")
	denies(object.union(lifting, {"subject": dan}), "freeze.oneself")
}

test_not_a_service_that_signs_in_nowhere if denies(object.union(freezing, {"subject": {"kind": "service"}}), "freeze.subject_service")

test_an_unknown_is_said_to_be_unknown_and_nothing_else if denies(object.union(freezing, {"subject": null}), "freeze.subject_unknown")

test_not_twice if {
	denies(object.union(freezing, {"frozen": true}), "freeze.already_frozen")
	denies(object.union(freezing, {"frozen": null}), "freeze.already_frozen")
}

test_a_frozen_one_of_security_is_blocked if {
	frozen := object.union(dan, {"active": false})
	every action in {"freeze", "list", "lift"} {
		blocks(object.union(lifting, {"action": action, "frozen": false, "actor": frozen}), "freeze.inactive_actor")
	}
}

test_services_and_guests_are_blocked if {
	blocks(object.union(freezing, {"actor": {"kind": "service"}}), "freeze.not_human")
	blocks(object.union(lifting, {"actor": {"guest": true}}), "freeze.not_human")
}

test_security_lists if {
	allows({"action": "list", "actor": dan}, "freeze.list")
	denies({"action": "list", "actor": bob}, "freeze.not_security")
}

test_security_agrees_to_lift if {
	allows(lifting, "freeze.lift")
	denies(object.union(lifting, {"actor": object.union(bob, {"id": "cat"})}), "freeze.not_security")
}

test_two_lift_and_one_does_not if {
	allows(thaw([agrees(dan), agrees(eve)]), "freeze.thaw")
	denies(thaw([agrees(dan)]), "freeze.too_few_lifts")
	denies(thaw([agrees(dan), agrees(dan)]), "freeze.too_few_lifts")
	denies(thaw([]), "freeze.too_few_lifts")
}

test_the_frozen_one_never_counts if denies(
	object.union(thaw([agrees(dan), agrees(eve)]), {"subject": eve}),
	"freeze.too_few_lifts",
)

test_who_lost_the_power_since_does_not_count if {
	denies(thaw([agrees(dan), agrees(object.union(eve, {"active": false}))]), "freeze.too_few_lifts")
	denies(thaw([agrees(dan), agrees(object.union(eve, {"guest": true}))]), "freeze.too_few_lifts")
	denies(thaw([agrees(dan), agrees(object.union(eve, {"roles": ["approver"]}))]), "freeze.too_few_lifts")
	denies(thaw([agrees(dan), object.union(agrees(eve), {"seal_matches": false})]), "freeze.too_few_lifts")
}

test_rule_2_an_unknown_action_is_denied if {
	denies({"action": "melt", "actor": dan}, "freeze.nothing_applies")
	answers({}, "block", {"freeze.inactive_actor"})
}

test_rule_2_no_action_goes_through_without_its_facts if {
	every action in {"freeze", "list", "lift", "thaw"} {
		decision := freeze.decision with input as {"action": action}
		decision.effect == "block"
	}
}
