/*
 * A windowed minimum or maximum. The second and third best are of later quarters and halves of the window, so
 * that one is at hand when the best grows too old.
 */
#include "tcp/windowed_extreme.h"

void windowed_reset(struct windowed_extreme *extreme, uint64_t at, uint32_t value)
{
        for (int i = 0; i < 3; i++)
                extreme->best[i] = (struct windowed_value){ at, value };
}

/* As time advances, the best choices are moved up. */
static uint32_t pass_time(
        struct windowed_extreme *extreme, uint64_t window, const struct windowed_value *value)
{
        struct windowed_value *best = extreme->best;
        uint64_t age = value->at - best[0].at;
        if (age > window) {
                best[0] = best[1];
                best[1] = best[2];
                best[2] = *value;
                if (value->at - best[0].at > window) {
                        best[0] = best[1];
                        best[1] = best[2];
                        best[2] = *value;
                }
        } else if (best[1].at == best[0].at && age > window / 4) {
                best[2] = best[1] = *value;
        } else if (best[2].at == best[1].at && age > window / 2) {
                best[2] = *value;
        }
        return best[0].value;
}

uint32_t windowed_update_max(struct windowed_extreme *extreme, uint64_t window, uint64_t at, uint32_t value)
{
        const struct windowed_value now = { at, value };
        struct windowed_value *best = extreme->best;
        if (value >= best[0].value || at - best[2].at > window) {
                windowed_reset(extreme, at, value);
                return value;
        }
        if (value >= best[1].value)
                best[2] = best[1] = now;
        else if (value >= best[2].value)
                best[2] = now;
        return pass_time(extreme, window, &now);
}

uint32_t windowed_update_min(struct windowed_extreme *extreme, uint64_t window, uint64_t at, uint32_t value)
{
        const struct windowed_value now = { at, value };
        struct windowed_value *best = extreme->best;
        if (value <= best[0].value || at - best[2].at > window) {
                windowed_reset(extreme, at, value);
                return value;
        }
        if (value <= best[1].value)
                best[2] = best[1] = now;
        else if (value <= best[2].value)
                best[2] = now;
        return pass_time(extreme, window, &now);
}
