"""Golden file of the tokenizers: a byte-pair trainer and encoder in plain Python, as slow and as simple as they can be.

Words as GPT-2's pattern has them, on Unicode's letters and numbers (unicodedata; the samples use none that a newer
Unicode would class otherwise). Run: python3 text.py"""
import json
import os
import unicodedata

SAMPLES = {
    "english": "It was the best of times, it was the worst of times; it wasn't the age we'd thought they'll have.\n\n"
    "  Two  spaces,\ttabs and 1234 numbers 56. They've gone: I'm here, you're there. " * 2,
    "chinese": "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。床前明月光，疑是地上霜。举头望明月，低头思故乡。\n"
    "千山鸟飞绝，万径人踪灭。明月明月，花落花落。" * 2,
    "emoji": "🙂🙃🙂👩‍👩‍👧 ½ cup ① naïve café 🙂🙂 — “quoted” 'tis 's 'll a'bc x'\u3000全角\u00a0nbsp  \n \n end  ",
    "repeats": "aaaaaaa aaaa aaa aabaab aaaab baaaa " * 5,
}
HELD_OUT = "The age of 明月 and wisdom's 花落 aaaaa 🙂 bést 99  x\n"


def kind(c):
    category = unicodedata.category(c)
    if category[0] in "LN":
        return category[0]
    return "S" if c.isspace() and not "\x1c" <= c <= "\x1f" else "O"


def words(text):
    out, i = [], 0
    while i < len(text):
        found = next((s for s in ("'s", "'t", "'re", "'ve", "'m", "'ll", "'d") if text.startswith(s, i)), None)
        if found:
            out.append(found)
            i += len(found)
            continue
        start = i
        j = i + 1 if text[i] == " " and i + 1 < len(text) and kind(text[i + 1]) != "S" else i
        k = kind(text[j])
        while j < len(text) and kind(text[j]) == k:
            j += 1
        if k == "S" and j < len(text) and j - start > 1:
            j -= 1
        out.append(text[start:j])
        i = j
    return out


def alphabet():
    seen = [b for b in range(256) if 0x21 <= b <= 0x7E or 0xA1 <= b and b != 0xAD]
    code, extra = {}, 0
    for b in range(256):
        code[b] = chr(b) if b in seen else chr(256 + extra)
        extra += b not in seen
    return code


CODE = alphabet()
BYTES = sorted(range(256), key=lambda b: CODE[b])


def merged(ids, pair, new):
    out, i = [], 0
    while i < len(ids):
        if i + 1 < len(ids) and (ids[i], ids[i + 1]) == pair:
            out.append(new)
            i += 2
        else:
            out.append(ids[i])
            i += 1
    return out


def train(text, size):
    tokens = [bytes([b]) for b in BYTES]
    rank = {b: i for i, b in enumerate(BYTES)}
    all_words = [[rank[b] for b in w.encode()] for w in words(text)]
    merges = []
    while len(tokens) < size:
        counts = {}
        for w in all_words:
            for pair in zip(w, w[1:]):
                counts[pair] = counts.get(pair, 0) + 1
        best = min(counts, key=lambda p: (-counts[p], p), default=None)
        if best is None or counts[best] < 2:
            break
        token = tokens[best[0]] + tokens[best[1]]
        if token not in tokens:
            tokens.append(token)
        merges.append(best)
        all_words = [merged(w, best, tokens.index(token)) for w in all_words]
    return tokens, merges


def encode(text, tokens, merges):
    ids = []
    for word in words(text):
        w = [BYTES.index(b) for b in word.encode()]
        for pair in merges:
            w = merged(w, pair, tokens.index(tokens[pair[0]] + tokens[pair[1]]))
        ids += w
    return ids


def case(name, text, size):
    tokens, merges = train(text, size)
    return {
        "name": name,
        "text": text,
        "vocab": size,
        "words": words(text),
        "size": len(tokens),
        "merges": [list(m) for m in merges],
        "ids": encode(text, tokens, merges),
        "heldOut": encode(HELD_OUT, tokens, merges),
    }


def main():
    cases = [case(name, text, 300) for name, text in SAMPLES.items()]
    cases.append(case("all", "".join(SAMPLES.values()), 420))
    path = os.path.join(os.path.dirname(__file__), "text.json")
    with open(path, "w") as file:
        json.dump({"heldOut": HELD_OUT, "cases": cases}, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
