"""What was done, by whom, when: one append-only chain of hashes per subject, with a daily head over all tips.

The chain holds hashes; what was said lies beside it and can be blanked without breaking the chain (个人信息保护法 47).
Without an entry there is no act: record() runs in the act's own transaction.
"""
