"""The machine-readable zone of passports, identity cards and visas, by ICAO 9303 parts 3 to 7."""

from __future__ import annotations

from pii_scan.recognizers.arithmetic import icao_digit


def mrz(text: str) -> bool:
    """A whole zone, its lines joined by anything blank or by nothing, or the second line of a booklet alone."""
    zone = "".join(text.split())
    if len(zone) == 90:
        return _card(zone[:30], zone[30:60])
    if len(zone) in {72, 88}:
        half = len(zone) // 2
        return _second_line(zone[half:], visa=zone[0] == "V")
    return len(zone) in {36, 44} and _second_line(zone, visa=False)


def _card(first: str, second: str) -> bool:
    """TD1, three lines of 30. A document number that is too long for its field leaves `<` as its check digit."""
    number = first[14] == "<" or _checked(first[5:15])
    whole = first[5:] + second[:7] + second[8:15] + second[18:30]
    return number and _checked(second[:7]) and _checked(second[8:15]) and _checked(whole)


def _second_line(line: str, *, visa: bool) -> bool:
    """TD2 and TD3, lines of 36 and 44; a visa has no check digit over all."""
    fields = _checked(line[:10]) and _checked(line[13:20]) and _checked(line[21:28])
    return fields and (visa or _checked(line[:10] + line[13:20] + line[21:]))


def _checked(field: str) -> bool:
    """Whether the last character is the check digit of those before it."""
    return icao_digit(field[:-1]) == field[-1]
