# What the article's R listing computes, biases by sample included: seeded, and printed with 17 digits.
# Rscript listing.R EPOCHS
epochs <- as.integer(commandArgs(trailingOnly = TRUE)[1])
X <- matrix(c(1, 0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1), nrow = 3, ncol = 4, byrow = TRUE)
Y <- matrix(c(1, 1, 0), byrow = FALSE)

sigmoid <- function(x) 1 / (1 + exp(-x))
derivatives_sigmoid <- function(x) x * (1 - x)

lr <- 0.1
hidden <- 3

set.seed(1)
wh <- matrix(rnorm(ncol(X) * hidden, mean = 0, sd = 1), ncol(X), hidden)
bias_in <- runif(hidden)
bh <- matrix(rep(bias_in, nrow(X)), nrow = nrow(X), byrow = FALSE)
wout <- matrix(rnorm(hidden, mean = 0, sd = 1), hidden, 1)
bias_out <- runif(1)
bout <- matrix(rep(bias_out, nrow(X)), nrow = nrow(X), byrow = FALSE)

show <- function(name, matrix) {
    for (i in seq_len(nrow(matrix))) cat(name, formatC(matrix[i, ], digits = 17, format = "g", width = 1), "\n")
}
show("initial_wh", wh)
show("initial_bh", bh)
show("initial_wout", wout)
show("initial_bout", bout)

for (i in seq_len(epochs)) {
    hidden_layer_input <- X %*% wh + bh
    hiddenlayer_activations <- sigmoid(hidden_layer_input)
    output_layer_input <- hiddenlayer_activations %*% wout + bout
    output <- sigmoid(output_layer_input)

    E <- Y - output
    slope_output_layer <- derivatives_sigmoid(output)
    slope_hidden_layer <- derivatives_sigmoid(hiddenlayer_activations)
    d_output <- E * slope_output_layer
    Error_at_hidden_layer <- d_output %*% t(wout)
    d_hiddenlayer <- Error_at_hidden_layer * slope_hidden_layer
    wout <- wout + (t(hiddenlayer_activations) %*% d_output) * lr
    bout <- bout + rowSums(d_output) * lr
    wh <- wh + (t(X) %*% d_hiddenlayer) * lr
    bh <- bh + rowSums(d_hiddenlayer) * lr
}
show("output", output)
show("wh", wh)
show("bh", bh)
show("wout", wout)
show("bout", bout)
