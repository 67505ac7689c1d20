using KioskFleet.Service.Places;

namespace KioskFleet.Service.Tables;

/// <summary>What is wrong with a table, for people in both languages. Thread-safe.</summary>
internal static class TableTexts
{
    private static readonly TwoLanguages Texts = new("KioskFleet.Service.Tables.TableText");

    /// <summary>Why a row is refused.</summary>
    public static Bilingual Of(TableFaultKind kind) => Texts[kind.ToString()];

    /// <summary>Why a file is refused.</summary>
    public static Bilingual Of(TableProblem problem) => Texts[problem.ToString()];
}
