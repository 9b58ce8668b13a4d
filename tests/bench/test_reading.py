"""How an answer to a sentence is judged."""

from bench.reading import judge

SENTENCE = {
    "text": "lønnsomme tannleger eller leger i Oslo",
    "filters": {"must": {"industry": ["86.23", "86.21"], "municipality": ["Oslo"]}},
    "not_understood": ["lønnsomme"],
}


def test_an_answer_is_right_wrong_or_refused() -> None:
    right = {"must": {"municipality": ("Oslo",), "industry": ("86.21", "86.23")}}
    wrong = {"must": {"municipality": ("Oslo",)}}
    assert judge(SENTENCE, right, ("lønnsomme",)) == "right_refused"
    assert judge({**SENTENCE, "not_understood": []}, right, ()) == "right"
    assert judge(SENTENCE, right, ()) == "silently_wrong"
    assert judge(SENTENCE, wrong, ("lønnsomme",)) == "refused_known"
    assert judge({**SENTENCE, "text": "xyzzy plugh tannleger"}, wrong, ("xyzzy", "plugh")) == "refused"


def test_what_the_sentence_says_of_signals_is_compared_too() -> None:
    signal = {"kind": "job_ad", "days": 60}
    sentence = {"text": "som ansetter", "filters": {"must": {"signals": signal}}, "not_understood": []}
    assert judge(sentence, {"must": {"signals": {**signal, "occupations": ()}}}, ()) == "right"
    assert judge(sentence, {"must": {"signals": {**signal, "days": 30}}}, ()) == "silently_wrong"
