"""What is said of somebody else's sheet, which a recipe reads. As ``messages``, of which this is a part."""

from __future__ import annotations

from collections.abc import Mapping

OF_RECIPES: Mapping[str, tuple[str, str]] = {
    "recipe-guessed": (
        "How the columns are read was guessed: {columns}. Correct it once and save it by name; the next file of this "
        "shape is then read so.",
        "Как читать столбцы, определено автоматически: {columns}. Исправьте один раз и сохраните под именем; следующий "
        "такой файл будет прочитан так же.",
    ),
    "recipe-saved": (
        "The columns are read by the saved recipe “{value}”: {columns}.",
        "Столбцы прочитаны по сохранённому рецепту «{value}»: {columns}.",
    ),
    "columns-left": (
        "Columns that stay in the original file only ({count}): {columns}. The file is kept as it came.",
        "Столбцы, которые остаются только в исходном файле ({count}): {columns}. Файл хранится таким, каким пришёл.",
    ),
    "names-counted": (
        "Of the {kind} that the sheet names, {known} are known and {new} are new; of the new ones {likely} may be the "
        "same as one that is known.",
        "Названо в таблице - {kind_ru}: известных {known}, новых {new}; из новых, возможно, те же {likely}.",
    ),
    "perhaps-known": (
        "“{value}” is taken as new. It may be the same as “{near}”: {why}",
        "«{value}» считается новым. Возможно, это то же, что «{near}»: {why_ru}",
    ),
    "not-an-organisation": (
        "“{value}” names no organisation, so nothing is said of one (rows: {rows}).",
        "«{value}» не называет организацию, поэтому о ней ничего не говорится (строк: {rows}).",
    ),
    "not-a-place": (
        "“{value}” is no country or area. In the recipe, say which place is meant, or that none is.",
        "«{value}» - не страна и не территория. Укажите в рецепте, какое место имеется в виду или что никакое.",
    ),
    "place-not-said": (
        "“{value}” does not say where, so no place is stated (rows: {rows}).",
        "«{value}» не говорит, где, поэтому место не указано (строк: {rows}).",
    ),
    "unknown-place": (
        "“{value}” is no country or area that we know. In the recipe, say which one is meant.",
        "«{value}» - неизвестная страна или территория. Укажите в рецепте, какая имеется в виду.",
    ),
    "part-without-country": (
        "“{value}” is part of a country that the row does not name, so the place is left out (rows: {rows}).",
        "«{value}» - часть страны, которая в строке не названа, поэтому место не указано (строк: {rows}).",
    ),
    "no-organisation": (
        "The row names no organisation: nobody's work follows from it.",
        "В строке не названа организация: из неё не следует ничья работа.",
    ),
    "no-theme": (
        "The row names no theme or sector, so nobody's work on one follows from it (rows: {rows}).",
        "В строке не названа тема или сектор, поэтому о работе по теме ничего не следует (строк: {rows}).",
    ),
    "no-day": (
        "Nothing says for which day these rows are true, so nobody can tell whether they still hold (engagements: "
        "{rows}). Bring the file again and say for which day it is true (--as-of).",
        "Не сказано, на какой день верны эти строки, поэтому неизвестно, действуют ли они ещё (записей: {rows}). "
        "Загрузите файл снова и укажите, на какой день он верен (--as-of).",
    ),
    "unknown-status": (
        "“{value}” is no status that we know; it is left out (rows: {rows}).",
        "Состояние «{value}» неизвестно; оно не учтено (строк: {rows}).",
    ),
    "ends-before-start": (
        "It ends ({value}) before it begins ({near}).",
        "Окончание ({value}) раньше начала ({near}).",
    ),
}
