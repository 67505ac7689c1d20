using KioskFleet.Service.Places;
using Microsoft.Extensions.DependencyInjection;

namespace KioskFleet.Service.Tests.Hosting;

/// <summary>A shipped city, and the whole service that runs with it.</summary>
internal sealed class CityService(string dataSet)
{
    public PlacesDataSet Places { get; } = DataSetFile.Load(dataSet);

    /// <summary>The county in which a rig registers its cabinets.</summary>
    public string County => Places.Counties[0].Code.Value;

    public string OtherCounty => Places.Counties[1].Code.Value;

    public Task<ServiceRig> StartAsync(
        Action<IServiceCollection>? overrides = null, params (string Name, string Value)[] settings) =>
        ServiceRig.StartAsync(overrides, [.. settings, ("Places:DataSet", dataSet)]);
}
