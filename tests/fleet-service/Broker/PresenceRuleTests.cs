using CsCheck;
using KioskFleet.Protocol.Presence;
using KioskFleet.Service.Broker;
using Xunit;

namespace KioskFleet.Service.Tests.Broker;

[RunsOnce]
public sealed class PresenceRuleTests
{
    private const long Now = 1_600_000_000_000;

    [Fact]
    public void A_late_will_of_an_older_session_leaves_a_newer_one_alone()
    {
        var newer = new CabinetPresence(8, true, Now - 5);
        Assert.Null(PresenceRule.Next(newer, new PresenceNote(false, 7, Now), false, Now));
        Assert.Null(PresenceRule.Next(newer, new PresenceNote(true, 7, Now), true, Now));
        Assert.Equal(
            new CabinetPresence(8, false, Now), PresenceRule.Next(newer, new PresenceNote(false, 8, 1), false, Now));
    }

    [Fact]
    public void The_end_of_a_session_is_final_and_a_repeated_word_moves_no_time()
    {
        var ended = new CabinetPresence(8, false, Now - 5);
        Assert.Null(PresenceRule.Next(ended, new PresenceNote(true, 8, Now), false, Now));
        Assert.Null(PresenceRule.Next(ended, new PresenceNote(false, 8, Now), false, Now));
        Assert.Null(PresenceRule.Next(ended with { IsOnline = true }, new PresenceNote(true, 8, Now), false, Now));
    }

    [Fact]
    public void A_kept_word_says_when_its_session_began_and_never_before_the_one_that_was_known()
    {
        var known = new CabinetPresence(3, false, Now - 1_000);
        long Since(long begun) =>
            PresenceRule.Next(known, new PresenceNote(true, 4, begun), true, Now)!.SinceUtcMs;

        Assert.Equal(Now - 400, Since(Now - 400));
        Assert.Equal(Now - 1_000, Since(0));
        Assert.Equal(Now, Since(Now + 99_000));
        Assert.Equal(Now, PresenceRule.Next(null, new PresenceNote(true, 4, 5), true, Now)!.SinceUtcMs);
    }

    [Fact]
    public void Every_order_of_the_words_of_all_sessions_with_repeats_ends_in_the_same_state()
    {
        var words = Gen.Select(Gen.ULong[1, 6], Gen.Bool, (session, online) => new PresenceNote(online, session, 0));
        Gen.Select(words.List[1, 20], Gen.Int).Sample((heard, seed) =>
        {
            // The naive word: of the newest session, ended when anybody ever said so.
            var newest = heard.Max(w => w.Session);
            var isOnline = heard.Where(w => w.Session == newest).All(w => w.Online);
            var shuffled = heard.Concat(heard).ToArray();
            new Random(seed).Shuffle(shuffled);
            CabinetPresence? known = null;
            foreach (var word in shuffled)
            {
                known = PresenceRule.Next(known, word, false, Now) ?? known;
            }

            Assert.Equal((newest, isOnline), (known!.Session, known.IsOnline));
        });
    }

    [Fact]
    public void A_session_number_grows_over_a_clock_that_was_set_back_and_over_a_lost_disk()
    {
        Assert.Equal((ulong)Now, PresenceNote.NextSession(0, Now));
        Assert.Equal((ulong)Now + 1, PresenceNote.NextSession((ulong)Now, 5));
        Assert.Equal((ulong)Now + 2, PresenceNote.NextSession(7, Now + 2));
        Assert.Equal(1ul, PresenceNote.NextSession(0, -5));
    }
}
