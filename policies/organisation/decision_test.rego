package organisation_test

import data.organisation

test_rule_17_the_first_apply_is_the_genesis if {
	organisation.decision.effect == "allow" with input as {"action": "apply", "applied": null}
}

test_rule_17_a_later_apply_is_denied if {
	decision := organisation.decision with input as {"action": "apply", "applied": "0f"}
	decision.effect == "deny"
	{reason.rule | some reason in decision.reasons} == {"organisation.applied_already"}
}

test_rule_2_not_knowing_what_is_applied_is_a_denial if {
	organisation.decision.effect == "deny" with input as {"action": "apply"}
	organisation.decision.effect == "deny" with input as {}
}
