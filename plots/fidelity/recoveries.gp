# Four recoveries of the same losses, as Fall & Floyd (1996) draw them: segments and ACKs by number over time. A second is as
# wide in each panel: where reno waits for the timer until `last`, it has a row of its own, below those that end at `short`.
folder = ARG0 eq '' ? '.' : system('dirname "'.ARG0.'"')
load folder.'/common.gp'
W = 1500; H = 960
set terminal svg size W,H font 'DejaVu Sans,12' rounded background 'white'
set output target
array names = ['tahoe', 'reno', 'newreno', 'sack']

set label 1 'What does each recovery make of '.(strlen(lost) > 2 ? 'the lost segments ' : 'the lost segment ').lost.'?' \
    at screen 0.5,0.972 center font 'DejaVu Sans Bold,16' textcolor rgb INK noenhanced
array outcome = [tahoe, reno, newreno, sack]
BEGIN = 0.85
waits = last > 1.3 * short
row(i) = waits ? (i == 2 ? 2 : 1) : (i + 1) / 2
place(i) = waits ? (i == 1 || i == 2 ? 1 : i - 1) : 2 - i % 2
gap = 0.06
width = waits ? 0.27 : 0.43

set multiplot
set yrange [8:64]; set xtics 0.5
set key at screen (waits ? 0.80 : 0.5), screen (waits ? 0.22 : 0.012) center bottom horizontal samplen 2.4 Left reverse font 'DejaVu Sans,12'
do for [i=1:4] {
    left = 0.055 + (place(i) - 1) * (width + gap); top = row(i) == 1 ? 0.90 : 0.475
    end = (waits && i != 2 ? short : last) + 0.1
    set xrange [BEGIN:end]
    set lmargin at screen left; set rmargin at screen left + width * (waits ? (end - BEGIN) / (short + 0.1 - BEGIN) : 1)
    set tmargin at screen top; set bmargin at screen top - 0.335
    set xlabel (row(i) == 2 || waits && place(i) > 1 ? 'simulated time (s)' : '') offset 0,0.3
    set ylabel (place(i) == 1 ? 'segment' : '') offset 1,0
    set label 2 names[i] at graph 0,1.065 left font 'DejaVu Sans Bold,14' textcolor rgb INK noenhanced
    set label 3 outcome[i] at graph 1,1.06 right font 'DejaVu Sans,12' textcolor rgb INK noenhanced
    base = series.'/'.names[i]
    plot base.'-acks.csv' using 't':'number' with steps lw 1.2 lc rgb ACK notitle, \
         base.'-new.csv' using 't':'number' with points pt 7 ps 0.55 lc rgb DATA notitle, \
         base.'-again.csv' using 't':'number' with points pt 13 ps 1.2 lc rgb AGAIN notitle, \
         base.'-lost.csv' using 't':'number' with points pt 2 ps 1.5 lw 2.8 lc rgb LOSS notitle, \
         keyentry with points pt 7 ps 0.6 lc rgb DATA title (i == 1 ? 'sent' : ''), \
         keyentry with points pt 13 ps 1.2 lc rgb AGAIN title (i == 1 ? 'sent again' : ''), \
         keyentry with points pt 2 ps 1.5 lw 2.8 lc rgb LOSS title (i == 1 ? 'lost' : ''), \
         keyentry with lines lw 1.2 lc rgb ACK title (i == 1 ? 'acknowledged up to here' : '')
    unset label 1
    set key off
}
unset multiplot
