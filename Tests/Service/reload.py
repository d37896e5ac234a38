"""Replaces the model and the policy of a service a hundred times while clients ask it, with good and bad ones: no request
may fail, and every answer must be of one generation throughout.

    python3 Tests/Service/reload.py [count]
"""

import collections
import os
import shutil
import sys
import tempfile
import threading

from service import MODEL, POLICY, Client, Service, check

TEXTS = ["I lost my card, please block it", "what is my balance", "hello", "let me talk to a person now"]
CLIENTS = 4


def write(path, text):
    """As editors and deployments do: the file is there whole or not at all."""
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + ".new", path)


def link(path, target):
    os.symlink(target, path + ".new")
    os.replace(path + ".new", path)


def make_models(folder):
    """The model, the same with another threshold, and one whose weights are cut."""
    other, broken = os.path.join(folder, "other"), os.path.join(folder, "broken")
    shutil.copytree(MODEL, other)
    shutil.copytree(MODEL, broken)
    path = os.path.join(other, "triage.json")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    start = text.index('"threshold"', text.index('"decision"'))
    end = text.index(",", start)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text[:start] + '"threshold": 0.75' + text[end:])
    weights = os.path.join(broken, "model.safetensors.zst")
    os.truncate(weights, os.path.getsize(weights) // 2)
    return [MODEL, other], broken


def ask(service, stop, results, failures):
    client = Client(service.port)
    while not stop.is_set():
        try:
            status, answer = client.ask(TEXTS)
        except OSError as error:
            failures.append(f"{error}")
            client = Client(service.port)
            continue
        if status != 200:
            failures.append(f"status {status}: {answer}")
            continue
        results.append([(d["generation"], d["model"], d["policy"], d["outcome"], d["route"], d["target"]) for d in answer["decisions"]])


def main(count):
    with tempfile.TemporaryDirectory() as folder:
        models, broken = make_models(folder)
        policy, model = os.path.join(folder, "triage.yaml"), os.path.join(folder, "model")
        write(policy, POLICY.format(desk="desk0"))
        link(model, models[0])
        service = Service(folder, "--policy", policy, "--watch", "0", model=model)
        stop, results, failures = threading.Event(), [], []
        threads = [threading.Thread(target=ask, args=(service, stop, results, failures)) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        loaded, refused, memory = 0, 0, []
        for number in range(1, count + 1):
            kind = number % 4
            if kind == 0:
                write(policy, POLICY.format(desk=f"desk{number}").replace("faq: {", "faq: { surprise: 1,"))
            else:
                write(policy, POLICY.format(desk=f"desk{number}"))
            link(model, broken if kind == 3 else models[number % 2])
            service.reload()
            good = kind in (1, 2)
            loaded, refused = loaded + good, refused + (not good)
            service.wait(
                lambda: sum(value for name, value in service.metrics().items() if name.startswith("triage_reloads_total"))
                == number
            )
            memory.append(service.resident_megabytes())
        stop.set()
        for thread in threads:
            thread.join()
        metrics = service.metrics()
        check(service.stop() == 0, "the service did not end well")

    check(not failures, f"{len(failures)} requests failed, such as {failures[:1]}")
    generations = collections.defaultdict(set)
    for answer in results:
        check(len({decision[:3] for decision in answer}) == 1, f"mixed generations in one answer: {answer}")
        for generation, model, policy, outcome, route, target in answer:
            generations[generation].add((model, policy))
            check(outcome in ("classified", "abstained"), f"outcome {outcome}")
            if route == "human":
                generations[generation].add(("desk", target))
    for generation, found in generations.items():
        check(len([1 for kind, _ in found if kind != "desk"]) == 1, f"generation {generation} is several: {found}")
        check(len([1 for kind, _ in found if kind == "desk"]) <= 1, f"generation {generation} has several desks: {found}")
    check(max(generations) == loaded + 1, f"{max(generations)} generations, {loaded} were loaded")
    decided = sum(value for name, value in metrics.items() if name.startswith("triage_decisions_total"))
    check(decided == len(TEXTS) * len(results), f"{decided} decisions are counted, {len(TEXTS) * len(results)} were got")
    print(
        f"{count} reloads ({loaded} loaded, {refused} refused) under {len(results)} requests: none failed, "
        f"{len(generations)} generations seen, none mixed; memory {memory[0]:.0f} MB after the first, "
        f"{max(memory):.0f} MB at most, {memory[-1]:.0f} MB after the last"
    )


main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
