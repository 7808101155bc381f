"""Training written out in NumPy, number-plain: samples in rows, layers in a list, slopes by the layer's input."""

import numpy as np
from test_activations import PLAIN

#: Derivatives, by the layer's input.
SLOPES = {
    "sigmoid": lambda x: PLAIN["sigmoid"](x) * PLAIN["sigmoid"](-x),
    "tanh": lambda x: 1 - np.tanh(x) ** 2,
    "relu": lambda x: np.where(x > 0, 1.0, 0.0),
    "leaky_relu": lambda x: np.where(x > 0, 1.0, 0.01),
    "elu": lambda x: np.where(x > 0, 1.0, np.exp(np.minimum(x, 0))),
    "softplus": PLAIN["sigmoid"],
    "gelu": lambda x: (
        (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))) / 2
        + x / 2 / np.cosh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)) ** 2
        * np.sqrt(2 / np.pi) * (1 + 0.134145 * x**2)
    ),
    "linear": np.ones_like,
}  # fmt: skip
#: These bend at 0, where a finite difference is none.
KINKED = {"relu", "leaky_relu", "elu"}


def answer(activation, inputs):
    if activation == "softmax":
        shares = np.exp(inputs - inputs.max(axis=1, keepdims=True))
        return shares / shares.sum(axis=1, keepdims=True)
    return PLAIN[activation](inputs)


def weight_names(network):
    """Of each layer, the output's last: the name of its weights and that of its biases."""
    count = len(network.hidden)
    numbers = [""] if count == 1 else [f"_{number}" for number in range(1, count + 1)]
    return [*((f"wh{number}", f"bh{number}") for number in numbers), ("wout", "bout")]


def layers(network, values=None):
    """Weights, biases (one row, 0 where there are none; as they are if by sample) and activation, the output's last."""
    values = network.initial if values is None else values
    by_sample = network.architecture.bias == "by_sample"
    activations = [*network.architecture.activations, network.architecture.output_activation]
    found = []
    for (w, b), activation in zip(weight_names(network), activations):
        biases = values.get(b, np.zeros(values[w].shape[1]))
        found.append((values[w], biases if by_sample else biases.reshape(1, -1), activation))
    return found


def rows(network, samples=slice(None)):
    """X and y of some samples, which lie in rows."""
    X, y = (network.X, network.y) if network.architecture.samples == "rows" else (network.X.T, network.y.T)
    return X[samples], y[samples]


def forward(layers, X):
    """What each layer takes in, and what it answers."""
    inputs, answers = [], []
    for w, b, activation in layers:
        inputs.append((answers[-1] if answers else X) @ w + b)
        answers.append(answer(activation, inputs[-1]))
    return inputs, answers


def loss(name, at_output, output, y):
    """Of the output layer's inputs and answers."""
    if name == "squared_error":
        return np.sum((y - output) ** 2) / 2
    if name == "binary_cross_entropy":
        return np.sum(y * np.logaddexp(0, -at_output) + (1 - y) * np.logaddexp(0, at_output))
    return np.sum(y * (np.logaddexp.reduce(at_output, axis=1, keepdims=True) - at_output))


def loss_of(network, values=None, samples=slice(None)):
    X, y = rows(network, samples)
    inputs, answers = forward(layers(network, values), X)
    return loss(network.architecture.loss, inputs[-1], answers[-1], y)


def gradients(network, values, samples=slice(None)):
    """Of the loss by each weight and bias, by name."""
    X, y = rows(network, samples)
    stack = layers(network, values)
    inputs, answers = forward(stack, X)
    delta = answers[-1] - y
    if network.architecture.loss == "squared_error":
        delta = delta * SLOPES[stack[-1][2]](inputs[-1])
    found = {}
    for at in reversed(range(len(stack))):
        w, b = weight_names(network)[at]
        found[w] = (answers[at - 1] if at else X).T @ delta
        if b in values:
            found[b] = delta.sum(axis=0).reshape(values[b].shape)
        if at:
            delta = (delta @ stack[at][0].T) * SLOPES[stack[at - 1][2]](inputs[at - 1])
    return found


def train(network, updates):
    """The samples of each update, its gradients, and the weights and biases after it."""
    values, state, done, epoch = dict(network.initial), {}, [], 0
    while True:
        epoch += 1
        for samples in network.batches(epoch):
            if len(done) == updates:
                return done
            g = gradients(network, values, samples)
            values = {name: moved(network, name, w, g[name], state, len(done) + 1) for name, w in values.items()}
            done.append((samples, g, values))


def moved(network, name, w, g, state, t):
    """A weight after its update number t, from 1, as the papers have it."""
    c, lr = network.constants, network.lr
    if network.architecture.optimizer == "gradient_descent":
        return w - lr * g
    if network.architecture.optimizer == "momentum":
        state[name] = c["momentum"] * state.get(name, 0) + g
        return w - lr * state[name]
    m, v = state.get(name, (0, 0))
    m, v = c["beta_1"] * m + (1 - c["beta_1"]) * g, c["beta_2"] * v + (1 - c["beta_2"]) * g**2
    state[name] = m, v
    return w - lr * (m / (1 - c["beta_1"] ** t)) / (np.sqrt(v / (1 - c["beta_2"] ** t)) + c["epsilon"])


def tame(network, updates):
    """Whether rounding stays rounding: nothing explodes, no kink and no direction of Adam's hangs on the last bits."""
    with np.errstate(all="ignore"):
        done = train(network, updates)
    given, squares = network.initial, {name: 0 for name in network.initial}
    for number, (samples, g, after) in enumerate(done, 1):
        inputs, _ = forward(layers(network, given), rows(network, samples)[0])
        for x, (_, _, activation) in zip(inputs, layers(network, given)):
            if activation in KINKED and ((x != 0) & (np.abs(x) < 1e-9)).any():
                return False
        largest = max(np.abs(matrix).max() for matrix in [*g.values(), *after.values(), *inputs])
        if not largest < 1e3:
            return False
        if network.architecture.optimizer == "adam":
            c = network.constants
            for name in given:
                squares[name] = c["beta_2"] * squares[name] + (1 - c["beta_2"]) * g[name] ** 2
                divisor = np.sqrt(squares[name] / (1 - c["beta_2"] ** number)) + c["epsilon"]
                if (divisor[squares[name] > 0] < 1e-3 * largest).any():
                    return False
        given = after
    return True
