/*
 * What the tests of recovery, SACK and loss begin with.
 */
#include "recovery_rig.h"

struct sender_rig rig;
struct tcp_settings settings;

void recovery_setup(void)
{
        settings = rig_settings();
        rig_init(&rig, &settings, 1000);
}

void recovery_teardown(void)
{
        rig_clear(&rig);
}

void start_again(uint32_t iss)
{
        rig_clear(&rig);
        rig_init(&rig, &settings, iss);
}

void start_with_sack(uint32_t iss)
{
        settings.recovery = TCP_RECOVERY_SACK;
        settings.tail_loss_probe = false;
        start_again(iss);
}

void send_window(uint32_t bytes)
{
        rig_write(&rig, bytes);
        rig_expect(&rig, "0-10000/10");
        rig_wait(&rig, 100);
}
