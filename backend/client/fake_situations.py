"""What visitors bring, as the fake server sends it: two invented situations, in every language."""

from backend.wire import BringItem, BringSituation

SITUATIONS = (
    BringSituation(
        code="self",
        title={
            "ja": "本人が受け取る",
            "ja-easy": "自分（じぶん）で もらう",
            "en": "I receive my card",
            "zh-Hans": "本人领取",
            "ko": "본인이 수령",
        },
        bring={
            "ja": [BringItem(thing="交付通知書", note="回答書を記入"), BringItem(thing="運転免許証")],
            "ja-easy": [
                BringItem(thing="お知（し）らせの 紙（かみ）", note="こたえを かきます"),
                BringItem(thing="うんてん めんきょ"),
            ],
            "en": [BringItem(thing="Notice", note="Fill in the reply"), BringItem(thing="Driver's licence")],
            "zh-Hans": [BringItem(thing="交付通知书", note="填写回复栏"), BringItem(thing="驾驶执照")],
            "ko": [BringItem(thing="교부 통지서", note="회답란 기입"), BringItem(thing="운전면허증")],
        },
        know={
            "ja": [BringItem(thing="原本に限る")],
            "ja-easy": [BringItem(thing="コピーは だめです")],
            "en": [BringItem(thing="Originals only")],
            "zh-Hans": [BringItem(thing="仅限原件")],
            "ko": [BringItem(thing="원본만 가능")],
        },
    ),
    BringSituation(
        code="agent",
        title={
            "ja": "代理人が受け取る",
            "ja-easy": "ほかの 人が もらう",
            "en": "Somebody comes for me",
            "zh-Hans": "代理人领取",
            "ko": "대리인이 수령",
        },
        bring={
            "ja": [BringItem(thing="委任状")],
            "ja-easy": [BringItem(thing="たのんだ ことが わかる 紙（かみ）")],
            "en": [BringItem(thing="Letter of authority")],
            "zh-Hans": [BringItem(thing="委托书")],
            "ko": [BringItem(thing="위임장")],
        },
    ),
)
