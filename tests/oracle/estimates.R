# What the models themselves compute, from R: shares with strata re-based to those who answered the question, and the
# change between two rounds. Rscript estimates.R, in this folder; writes estimates.csv.
suppressMessages(library(survey))
options(digits = 17)
m <- read.csv("microdata_municipality.csv")
r <- read.csv("microdata_respondent.csv")
out <- list()
add <- function(unit, measure, key, est, se, se_fpc, deff = NA)
  out[[length(out) + 1]] <<- data.frame(unit, measure, key, estimate = as.numeric(est), se = as.numeric(se),
                                        se_fpc = as.numeric(se_fpc), deff = as.numeric(deff))

# Strata re-based: the weight of a class is its frame over the municipalities of it that answered the question.
designs <- function(data, y) {
  d <- data[!is.na(data[[y]]), ]
  n <- tapply(d$mun_id, d$size_class, function(x) length(unique(x)))
  d$w <- d$N_h / n[as.character(d$size_class)]
  d$y <- d[[y]]
  list(fpc = svydesign(ids = ~mun_id, strata = ~size_class, fpc = ~N_h, data = d),
       open = svydesign(ids = ~mun_id, strata = ~size_class, weights = ~w, data = d))
}
for (unit in c("municipality", "response")) for (y in c("q1", "q2")) {
  d <- designs(if (unit == "response") r else m, y)
  for (code in if (y == "q1") 0:1 else 1:4) {
    f <- update(d$fpc, hit = as.numeric(y == code)); o <- update(d$open, hit = as.numeric(y == code))
    x <- svymean(~hit, f, deff = TRUE)
    add(unit, paste0(y, "=", code), "all", coef(x), SE(svymean(~hit, o)), SE(x), deff(x))
    for (by in c("size_class", "county")) {
      bf <- svyby(~hit, as.formula(paste0("~", by)), f, svymean)
      bo <- svyby(~hit, as.formula(paste0("~", by)), o, svymean)
      for (i in seq_len(nrow(bf))) add(unit, paste0(y, "=", code), as.character(bf[[by]][i]), bf$hit[i], bo$se[i], bf$se[i])
    }
    if (unit == "municipality") {
      x <- svyratio(~I(hit * population), ~population, f)
      add("inhabitant", paste0(y, "=", code), "all", coef(x), SE(svyratio(~I(hit * population), ~population, o)), SE(x))
    }
  }
}

# Two rounds: in the second one municipality in five is silent, and three of ten say the opposite.
second <- r[r$mun_id %% 5 != 0 & !is.na(r$q1), ]
second$q1 <- ifelse((second$mun_id * 7 + second$resp_id) %% 10 < 3, 1 - second$q1, second$q1)
write.csv(second[, c("resp_id", "mun_id", "q1")], "microdata_second_round.csv", row.names = FALSE)
first <- r[!is.na(r$q1), ]
both <- rbind(cbind(first[, names(second)], round = 1), cbind(second, round = 2))
stacked <- svydesign(ids = ~mun_id, strata = ~size_class, weights = ~1, data = both)
change <- function(design) {
  b <- svyby(~q1, ~round, design, svymean, covmat = TRUE)
  svycontrast(b, c(-1, 1))
}
for (key in c("all", unique(as.character(both$size_class)), unique(as.character(both$county)))) {
  d <- if (key == "all") stacked else subset(stacked, size_class == key | county == key)
  x <- try(change(d), silent = TRUE)
  if (!inherits(x, "try-error")) add("response", "change q1=1", key, coef(x), SE(x), NA)
}
# Paired municipalities that switched, on the municipality's first response: McNemar's test is the binomial one.
a <- tapply(first$q1, first$mun_id, `[`, 1); b <- tapply(second$q1, second$mun_id, `[`, 1)
pairs <- intersect(names(a), names(b)); up <- sum(a[pairs] == 0 & b[pairs] == 1); down <- sum(a[pairs] == 1 & b[pairs] == 0)
add("municipality", "mcnemar p", paste(up, down), binom.test(up, up + down)$p.value, NA, NA)
p <- c(0.01, 0.04, 0.03, 0.005, 0.2)
for (i in seq_along(p)) add("", "holm", as.character(p[i]), p.adjust(p, "holm")[i], NA, NA)
write.csv(do.call(rbind, out), "estimates.csv", row.names = FALSE, quote = FALSE)
