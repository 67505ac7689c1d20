namespace KioskFleet.Service.Http;

/// <summary>
/// Words of closed sets in what callers send: the name of one member, case not minded, and nothing else. Neither a
/// number nor a list of names is a word: the framework's own parser takes "open,paused" for a third member. Pure.
/// </summary>
internal static class EnumWord
{
    /// <summary>The member of that name; null when there is none.</summary>
    public static T? Parse<T>(string? word)
        where T : struct, Enum
    {
        foreach (var member in Enum.GetValues<T>())
        {
            if (string.Equals(member.ToString(), word, StringComparison.OrdinalIgnoreCase))
            {
                return member;
            }
        }

        return null;
    }
}
