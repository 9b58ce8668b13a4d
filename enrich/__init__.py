"""What we make of the registers and the CRM: resolved, matched, merged, qualified, found and exported companies."""
