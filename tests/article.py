"""What the article prints: "Understanding and coding Neural Networks From Scratch in Python and R"."""

import numpy as np

#: What each step fills.
FILLS = {
    0: ["X", "y"],
    1: ["wh", "bh", "wout", "bout"],
    2: ["hidden_layer_input"],
    3: ["hiddenlayer_activations"],
    4: ["output_layer_input", "output"],
    5: ["E"],
    6: ["slope_output_layer", "slope_hidden_layer"],
    7: ["d_output"],
    8: ["Error_at_hidden_layer"],
    9: ["d_hiddenlayer"],
    10: ["wout", "wh"],
    11: ["bh", "bout"],
}

#: The formulas of its list of steps.
FORMULAS = {
    2: ["hidden_layer_input = matrix_dot_product(X, wh) + bh"],
    3: ["hiddenlayer_activations = sigmoid(hidden_layer_input)"],
    4: [
        "output_layer_input = matrix_dot_product(hiddenlayer_activations, wout) + bout",
        "output = sigmoid(output_layer_input)",
    ],
    5: ["E = y - output"],
    6: [
        "slope_output_layer = derivatives_sigmoid(output)",
        "slope_hidden_layer = derivatives_sigmoid(hiddenlayer_activations)",
    ],
    7: ["d_output = E * slope_output_layer"],
    8: ["Error_at_hidden_layer = matrix_dot_product(d_output, wout.Transpose)"],
    9: ["d_hiddenlayer = Error_at_hidden_layer * slope_hidden_layer"],
    10: [
        "wout = wout + matrix_dot_product(hiddenlayer_activations.Transpose, d_output) * learning_rate",
        "wh = wh + matrix_dot_product(X.Transpose, d_hiddenlayer) * learning_rate",
    ],
    11: [
        "bh = bh + sum(d_hiddenlayer, axis=0) * learning_rate",
        "bout = bout + sum(d_output, axis=0) * learning_rate",
    ],
}

#: Headings of its Excel pictures, where they are not the names.
HEADINGS = {
    "slope_hidden_layer": "Slope hidden layer",
    "slope_output_layer": "Slope O/P",
    "d_output": "delta output",
    "Error_at_hidden_layer": "Error at hidden layer",
    "d_hiddenlayer": "delta hidden layer",
    "lr": "Learning rate",
}

#: The numbers of its Excel pictures, at steps 0 and 1.
GIVEN = {
    "X": [[1, 0, 1, 0], [1, 0, 1, 1], [0, 1, 0, 1]],
    "y": [[1], [1], [0]],
    "wh": [[0.42, 0.88, 0.55], [0.10, 0.73, 0.68], [0.60, 0.18, 0.47], [0.92, 0.11, 0.52]],
    "bh": [[0.46, 0.72, 0.08]],
    "wout": [[0.30], [0.25], [0.23]],
    "bout": [[0.69]],
    "lr": [[0.1]],
}

#: What one iteration gives, to the digits given here.
FIGURES = {
    "hidden_layer_input": (2, [[1.48, 1.78, 1.10], [2.40, 1.89, 1.62], [1.48, 1.56, 1.28]]),
    "hiddenlayer_activations": (
        8,
        [
            [0.81457258, 0.85569687, 0.75026011],
            [0.91682730, 0.86875553, 0.83479513],
            [0.81457258, 0.82635335, 0.78244978],
        ],
    ),
    "output": (8, [[0.78932406], [0.79806432], [0.78933532]]),
    "E": (8, [[0.21067594], [0.20193568], [-0.78933532]]),
}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def derivatives_sigmoid(x):
    return x * (1 - x)


def plain(X, y, wh, bh, wout, bout, lr, epochs):
    """The section "Implementing NN using Numpy", written out; returns every matrix of the last epoch."""
    wh, bh, wout, bout = wh.copy(), bh.copy(), wout.copy(), bout.copy()
    for _ in range(epochs):
        # Forward propagation
        hidden_layer_input1 = np.dot(X, wh)
        hidden_layer_input = hidden_layer_input1 + bh
        hiddenlayer_activations = sigmoid(hidden_layer_input)
        output_layer_input1 = np.dot(hiddenlayer_activations, wout)
        output_layer_input = output_layer_input1 + bout
        output = sigmoid(output_layer_input)

        # Backpropagation
        E = y - output
        slope_output_layer = derivatives_sigmoid(output)
        slope_hidden_layer = derivatives_sigmoid(hiddenlayer_activations)
        d_output = E * slope_output_layer
        Error_at_hidden_layer = d_output.dot(wout.T)
        d_hiddenlayer = Error_at_hidden_layer * slope_hidden_layer
        wout += hiddenlayer_activations.T.dot(d_output) * lr
        bout += np.sum(d_output, axis=0, keepdims=True) * lr
        wh += X.T.dot(d_hiddenlayer) * lr
        bh += np.sum(d_hiddenlayer, axis=0, keepdims=True) * lr
    return locals()


#: Its section on the two moons prints the mean of (y - output)**2 / 2 every 1,000 iterations, from iteration 0 on. What
#: comes after these seven is chaotic: see docs/moons.md.
MOONS_ERRORS = ["0.23478", "0.25000", "0.25000", "0.25000", "0.05129", "0.02163", "0.01157"]
