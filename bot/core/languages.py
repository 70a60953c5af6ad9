"""Which other language a guest writes in. The bot understands English only, and says so in the guest's own."""

from __future__ import annotations

import re
from collections.abc import Collection

# Words of asking, ordering and politeness that English has not, and the small words around them.
_ASKING = {
    "es": "quiero quisiera querría quería deseo gustaría dame deme ponme póngame tienen tiene tenéis porfavor gracias hola "
    "buenas llevar pedir puedo podría reservar cuánto cuanto cuesta abierto abren quién dónde",
    "fr": "voudrais voudrait veux voulons prends prendrai prendrais aimerais aimerions souhaite bonjour bonsoir merci "
    "emporter réserver commander avez puis pouvez combien coûte ouvert plaît plait",
    "de": "möchte möchten moechte hätte haette hätten nehme nehmen bitte danke guten hallo bestellen reservieren haben "
    "kostet geöffnet mitnehmen tisch wieviel können",
    "it": "vorrei vorremmo voglio prendo prendiamo grazie buongiorno buonasera ciao portare ordinare prenotare posso "
    "avete quanto costa aperto tavolo favore",
    "pt": "queria gostaria gostaríamos quero obrigado obrigada porfavor olá levar pedir reservar têm quanto custa aberto",
}
_SMALL = {
    "es": "un una unos unas el la los las y o con sin de del para por que dos tres cuatro cinco seis mi me se su al",
    "fr": "un une des le la les et ou avec sans de du pour deux trois quatre cinq s'il vous je on nous au est",
    "de": "ein eine einen einem der die das den und oder mit ohne für zwei drei vier fünf ich wir zum ist gibt es",
    "it": "un una uno il lo la i gli le e o con senza di del per due tre quattro cinque mi da al",
    "pt": "um uma uns umas o a os as e ou com sem de do da para por dois duas três quatro cinco me ao",
}
SORRY = {
    "es": "I understand English only, sorry. Perdone, aquí solo entiendo inglés.",
    "fr": "I understand English only, sorry. Désolé, je ne comprends ici que l'anglais.",
    "de": "I understand English only, sorry. Entschuldigung, hier verstehe ich nur Englisch.",
    "it": "I understand English only, sorry. Mi dispiace, qui capisco solo l'inglese.",
    "pt": "I understand English only, sorry. Desculpe, aqui só entendo inglês.",
    "?": "I understand English only, sorry.",
}
_LANGUAGES = {code: (frozenset(words.split()), frozenset(_SMALL[code].split())) for code, words in _ASKING.items()}
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_LATIN = re.compile(r"[a-zà-öø-ÿœ]", re.IGNORECASE)


def other_language(text: str, english: Collection[str]) -> str | None:
    """The code of the language of words that are plainly not English, "?" for another script; None for the rest.

    ``english``: words that count as English here, names of the menu among them. Two words of a language are needed, of
    which one asks or is polite, and more of them than of English.
    """
    words = _WORD.findall(text.lower().replace("’", "'").replace("por favor", "porfavor"))
    letters = [letter for letter in text if letter.isalpha()]
    if len(letters) > 2 and sum(_LATIN.match(letter) is None for letter in letters) > len(letters) / 2:
        return "?"
    own = sum(word in english for word in words)
    best, most = None, 1
    for code, (asking, small) in _LANGUAGES.items():
        asks = {word for word in words if word in asking and word not in english}
        others = {word for word in words if word in small and word not in english}
        if asks and len(asks) + len(others) > max(most, own):
            best, most = code, len(asks) + len(others)
    return best
