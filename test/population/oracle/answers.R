# Answers of R to random questions, one line each: name, arguments, answers. Written to standard output.
# npm run check:oracles asks again and compares with answers.csv.
set.seed(20260521, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
n <- 1000
say <- function(name, ...) cat(name, paste(vapply(c(...), function(x) format(x, digits = 10), ""), collapse = ","), sep = ",", fill = FALSE)
line <- function(name, ...) { say(name, ...); cat("\n") }

# The log density of the hypergeometric distribution at odds ratio w, for the conditional interval at full accuracy: fisher.test
# itself solves for it with a tolerance of 1e-4.
conditional <- function(a, m, k, n2) {
  lo <- max(0, k - n2); hi <- min(m, k); x <- lo:hi
  base <- dhyper(x, m, n2, k, log = TRUE)
  tail <- function(lw, upper) {
    d <- base + x * lw; d <- exp(d - max(d)); d <- d / sum(d)
    if (upper) sum(d[x >= a]) else sum(d[x <= a])
  }
  low <- if (a == lo) 0 else exp(uniroot(function(l) tail(l, TRUE) - 0.025, c(-30, 30), tol = 1e-12)$root)
  high <- if (a == hi) Inf else exp(uniroot(function(l) tail(l, FALSE) - 0.025, c(-30, 30), tol = 1e-12)$root)
  c(low, high)
}

for (i in 1:n) {
  size <- sample(c(8, 40, 300, 4000), 1)
  t <- matrix(rpois(4, size * rexp(4)), 2)
  if (sum(t[1, ]) == 0 || sum(t[2, ]) == 0 || sum(t[, 1]) == 0 || sum(t[, 2]) == 0) t <- t + 1
  line("fisher", t[1, 1], t[1, 2], t[2, 1], t[2, 2], fisher.test(t)$p.value, conditional(t[1, 1], sum(t[1, ]), sum(t[, 1]), sum(t[2, ])))
}
for (i in 1:n) {
  k <- sample(2:4, 1)
  t <- array(rpois(4 * k, sample(c(3, 12), 1) * rexp(4 * k)) + 1, c(2, 2, k))
  line("strata", k, as.vector(t), mantelhaen.test(t, exact = TRUE)$p.value, mantelhaen.test(t, correct = TRUE)$p.value)
}
for (i in 1:n) {
  a <- sample(2:7, 1); b <- sample(2:7, 1)
  if (i %% 2 == 0) { x <- sample(0:9, a, TRUE); y <- sample(0:9, b, TRUE) } else { x <- round(rnorm(a, rnorm(1)), 3); y <- round(rnorm(b), 3) }
  w <- suppressWarnings(wilcox.test(x, y, exact = FALSE, correct = TRUE))
  line("ranks", a, b, x, y, if (is.nan(w$p.value)) 1 else w$p.value, 2 * unname(w$statistic) / (a * b) - 1)
}
for (i in 1:n) {
  p <- runif(sample(2:5, 1))^sample(c(1, 5), 1)
  line("adjust", length(p), p, p.adjust(p, "BH"), p.adjust(p, "holm"))
}
for (i in 1:n) {
  of <- sample(1:sample(c(10, 200, 5000), 1), 1); cases <- sample(0:of, 1)
  line("share", cases, of, suppressWarnings(prop.test(cases, of, correct = FALSE)$conf.int))
}
for (i in 1:n) {
  e <- rpois(2, sample(c(2, 20, 200), 1) * rexp(2)); t <- round(rexp(2, 0.01), 3) + 0.1
  one <- poisson.test(e[1], t[1])$conf.int
  # Twice the smaller tail, where poisson.test adds up what is less likely.
  share <- t[1] / sum(t)
  p <- min(1, 2 * min(pbinom(e[1], sum(e), share), 1 - pbinom(e[1] - 1, sum(e), share)))
  both <- if (sum(e) == 0) c(0, Inf) else poisson.test(e, t)$conf.int
  line("rates", e[1], t[1], e[2], t[2], one, both, p)
}
for (i in 1:n) {
  z <- round(runif(1, -3, 30), 4)
  line("tail", z, pnorm(z, lower.tail = FALSE, log.p = TRUE))
}
# Cases around a circle of six places: Rao's score test of the first harmonic, whose variance counts n where a conditional one counts n - 1.
exact <- list(epsilon = 1e-14, maxit = 100)
angle <- 2 * pi * (1:6 - 0.5) / 6
for (i in 1:n) {
  all <- rpois(6, sample(c(4, 30), 1) * rexp(6)) + 1
  cases <- rbinom(6, all, plogis(-1 + rnorm(1, 0, 1) * cos(angle + runif(1, 0, 6))))
  if (sum(cases) == 0) cases[1] <- 1
  if (sum(cases) == sum(all)) cases[1] <- cases[1] - 1
  none <- glm(cbind(cases, all - cases) ~ 1, family = binomial, control = exact)
  both <- suppressWarnings(glm(cbind(cases, all - cases) ~ cos(angle) + sin(angle), family = binomial, control = exact))
  line("circle", all, cases, anova(none, both, test = "Rao")$Rao[2])
}
