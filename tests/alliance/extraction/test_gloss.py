"""Chinese security prose is said in English words; what denies and advises is known."""

from panshi.alliance.extraction.gloss import is_chinese, lexicon

WORDS = lexicon(
    {"釣魚/釣魚郵件": "phishing email", "附件": "attachment"}, ["未發現"], ["建議", "should be"]
)


def test_the_longest_term_wins_and_latin_stays():
    assert WORDS.english("收到釣魚郵件附件 a.exe") == "phishing email attachment a.exe"


def test_english_stays_as_it_is():
    assert WORDS.english("an attachment 附件 in the mail of the bank") == (
        "an attachment 附件 in the mail of the bank"
    )
    assert not is_chinese("PowerShell 執行 was seen in many sentences")


def test_denials_and_advice():
    assert WORDS.denies("目前未發現外洩")
    assert WORDS.advises("Macros Should be blocked")
    assert not WORDS.advises("the shoulder beam")
