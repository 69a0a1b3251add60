"""ASReview's own simulation with its default model, in an environment of its own.

A JSON object on stdin: `records` (objects with `title` and `abstract`), `labels` (0 and 1), `priors`
(lists of places), and optionally `steps`, after how many records to stop. One JSON object on stdout: `runs`,
for each list of priors the `order` in which the other records were shown and the `seconds` of each step, and
`features`, the seconds that its feature extraction takes.
"""

import importlib
import itertools
import json
import sys
import time

if __name__ == "__main__":
    pandas = importlib.import_module("pandas")
    numpy = importlib.import_module("numpy")
    learner = importlib.import_module("asreview.learner")
    models = importlib.import_module("asreview.models.models")
    simulate = importlib.import_module("asreview.simulation.simulate")
    given = json.load(sys.stdin)
    table = pandas.DataFrame(given["records"], columns=["title", "abstract"])
    runs = []
    features = 0.0
    for seed, priors in enumerate(given["priors"], 1):
        numpy.random.seed(seed)  # its classifier draws from the global generator
        cycle = learner.ActiveLearningCycle.from_meta(models.get_ai_config()["value"])
        begin = time.perf_counter()
        ready = cycle.transform(table)
        features = time.perf_counter() - begin
        steps = given.get("steps")
        run = simulate.Simulate(
            ready, given["labels"], cycle, stopper=steps, skip_transform=True, print_progress=False
        )
        run.label(priors)
        begin = time.time()
        run.review()
        shown = run._results.iloc[len(priors) :]  # its only way to the table
        times = [begin, *shown["time"].tolist()]
        runs.append(
            {
                "order": shown["record_id"].tolist(),
                "seconds": [round(b - a, 6) for a, b in itertools.pairwise(times)],
            }
        )
    print(json.dumps({"runs": runs, "features": features}))
