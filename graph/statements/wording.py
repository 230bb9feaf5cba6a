"""What is said of a statement that somebody wants to record: why it cannot be, or what it does beside what is meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph.errors import BadParameter

#: By code, in English and Russian. ``{value}`` is what was given.
SENTENCES: Mapping[str, tuple[str, str]] = {
    # Faults: nothing is recorded.
    "unknown-say": (
        "'{value}' cannot be stated here. What can be stated is absence, not-needed, complete or confirm.",
        "«{value}» здесь утверждать нельзя. Можно: absence, not-needed, complete или confirm.",
    ),
    "missing": (
        "'{field}' is missing.",
        "Не указано поле «{field}».",
    ),
    "unknown-name": (
        "'{field}': nothing is called '{value}'.",
        "«{field}»: ничего с названием «{value}» нет.",
    ),
    "ambiguous-name": (
        "'{field}': several things are called '{value}'. Give the code or IRI of the one you mean.",
        "«{field}»: название «{value}» носят несколько объектов. Укажите код или IRI нужного.",
    ),
    "unknown-source": (
        "No document is called '{value}', and it is no web address. Leave it empty where {who} said so.",
        "Документа «{value}» нет, и это не адрес в сети. Оставьте поле пустым, если это сказал(а) {who}.",
    ),
    "unknown-engagement": (
        "There is no engagement '{value}'. Give its IRI.",
        "Участия «{value}» нет. Укажите его IRI.",
    ),
    "bad-day": (
        "'{value}' is no day. Write 2026-11-25, 2026-11 or 2026.",
        "«{value}» - не день. Напишите 2026-11-25, 2026-11 или 2026.",
    ),
    "future-day": (
        "{value} has not come yet: nobody can say what holds then.",
        "{value} ещё не наступило: никто не может сказать, что будет тогда.",
    ),
    "too-long": (
        "'{field}' is longer than {most} characters.",
        "Поле «{field}» длиннее {most} знаков.",
    ),
    "bad-text": (
        "'{field}' has a character that no text has.",
        "В поле «{field}» есть символ, которого в тексте не бывает.",
    ),
    "has-address": (
        "'{field}' has an e-mail address, and everybody can read what is recorded. Leave the address out.",
        "В поле «{field}» есть адрес электронной почты, а записанное могут прочитать все. Уберите адрес.",
    ),
    "too-many": (
        "'{field}' names more than {most}. Record several statements.",
        "В поле «{field}» больше {most}. Запишите несколько утверждений.",
    ),
    "nothing-named": (
        "Say what is confirmed: an engagement, an organisation, or a theme and a place.",
        "Укажите, что подтверждается: участие, организация или тема и место.",
    ),
    "nothing-due": (
        "Nothing of this is about to lapse on {day}: all was stated within four years, or has ended.",
        "На {day} ничего из этого не теряет силу: всё указано за последние четыре года или завершено.",
    ),
    "ended": (
        "{value}: its source says that it ended in {until}, and a confirmation does not take that back. If the work "
        "goes on, bring it as an engagement of its own.",
        "{value}: по источнику это завершилось ({until}), и подтверждение этого не отменяет. Если работа продолжается, "
        "внесите её отдельным участием.",
    ),
    # Cautions: it can be recorded all the same.
    "stated-there": (
        "{theme}, {place}: a source states that there is work on {day}: {names}. The cell stays as it is; both stand "
        "beside each other.",
        "{theme}, {place}: источник указывает, что на {day} работа ведётся: {names}. Клетка не меняется; оба "
        "утверждения стоят рядом.",
    ),
    "list-names": (
        "{theme}, {place}: a source states that there is work on {day}: {names}. See that the list names them.",
        "{theme}, {place}: источник указывает, что на {day} работа ведётся: {names}. Проверьте, есть ли они в списке.",
    ),
    "speaks-of": (
        "Answers speak of {before}, the newest day in the data; with this they speak of {day}. By then the last word "
        "on {count} more engagements is more than five years old, and they count as lapsed.",
        "Ответы относятся к {before}, самому новому дню в данных; с этим утверждением - к {day}. К этому дню участия, "
        "которые не подтверждались более пяти лет, считаются утратившими силу; их станет больше на {count}.",
    ),
    "already-old": (
        "{day} is more than five years before {before}, of which answers speak: it counts as old and changes nothing.",
        "{day} более чем на пять лет раньше дня {before}, к которому относятся ответы: утверждение считается "
        "устаревшим и ничего не меняет.",
    ),
    "stays-inferred": (
        "{names}: inferred, or only proposed. A confirmation says that it goes on, and makes it no surer: bring it as "
        "stated.",
        "{names}: выведено или только предложено. Подтверждение говорит, что работа продолжается, но не делает её "
        "указанной: внесите её как указанную.",
    ),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence on a statement, by language. ``field`` is what it is about, ``suggestions`` the nearest values."""

    code: str
    field: str
    message: Mapping[str, str]
    suggestions: tuple[str, ...] = ()


def remark(code: str, field: str = "", suggestions: Iterable[str] = (), **words: object) -> Remark:
    """The sentence of a code, with its words filled in."""
    texts = zip(("en", "ru"), SENTENCES[code], strict=True)
    told = {lang: text.format(field=field, **words) for lang, text in texts}
    return Remark(code, field, told, tuple(suggestions))


class FaultyStatement(BadParameter):
    """A statement that cannot be recorded; ``faults`` are all the reasons."""

    def __init__(self, faults: Iterable[Remark]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        super().__init__(first.code, self.sentence("en"), "", first.suggestions)

    def sentence(self, lang: str) -> str:
        """All reasons as one text."""
        return " ".join(one.message[lang] for one in self.faults)
