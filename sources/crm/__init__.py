"""CRMs of the team's own, pulled by their API: one declaration and one sample each."""
