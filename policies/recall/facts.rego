package recall

import data.lib.principals

# METADATA
# description: The account that does this is in use.
actor_active if principals.active(input.actor)

# METADATA
# description: The one who does this is a person of this organisation.
actor_human if principals.human(input.actor)

# METADATA
# description: The one who does this keeps security.
actor_keeps_security if "security" in input.actor.roles

# METADATA
# description: The one who does this is not the one whose doings are looked at.
actor_is_another if principals.distinct(input.actor, input.subject)

# METADATA
# description: The one who does this is not the one who called for the recall.
actor_did_not_call if principals.distinct(input.actor, input.caller)

# METADATA
# description: The one who does this neither asked for the item nor gained by it.
actor_is_disinterested if {
	principals.distinct(input.actor, input.item.requester)
	principals.distinct(input.actor, input.item.subject)
}

# METADATA
# description: The account is one of the organisation's.
subject_known if is_string(input.subject.id)
