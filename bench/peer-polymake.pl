# Cells of a central arrangement by polymake: polymake --script peer-polymake.pl ROWS, a file of integer rows, one a
# line. Prints: cells, seconds. Starting polymake and reading the file are outside.
use application "fan";
use Time::HiRes "time";

open(my $file, "<", $ARGV[0]) or die "$ARGV[0]: $!";
my @rows = map { [split] } <$file>;
my $arrangement = new HyperplaneArrangement(HYPERPLANES => new Matrix<Rational>(\@rows));
my $begun = time;
my $cells = $arrangement->CHAMBER_SIGNATURES->rows;
printf "%d %.6f\n", $cells, time - $begun;
